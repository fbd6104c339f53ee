/**
 * The addresses of this host.
 *
 * @module
 */

import type { InputReading } from "../base/input.ts";
import type { InterfaceAddress } from "../os/network/interfaces.ts";
import { known, type Machine, notKnown } from "./machine.ts";

const UP = 0x1;
const REJECT = 0x200;
/** Flags of an address in IPv6 that is not there for long, or not yet. */
const PASSING = 0x01 | 0x08 | 0x20 | 0x40;

/** A way to everywhere. */
interface DefaultRoute {
  readonly interface: string;
  readonly metric: number;
  /** As a number; undefined: there is none, or it is not known. */
  readonly gateway?: number;
}

/** All by which others may reach it: none of the loopback, and none that only its link knows. */
export function addressesFact(machine: Machine): InputReading {
  const found = usable(machine);
  if (found === undefined) return notKnown("the kernel does not tell the addresses");
  return known(found.map(({ address }) => address));
}

/**
 * The one that others would reach: where the default route begins, of IPv4 before IPv6; without such a
 * route the only one there is.
 */
export function addressFact(machine: Machine): InputReading {
  const found = usable(machine);
  if (found === undefined) return notKnown("the kernel does not tell the addresses");
  const four = best(routes4(machine));
  const source = four && source4(found, four) ||
    source6(found, best(routes6(machine))) ||
    (found.length === 1 ? found[0] : undefined);
  if (source !== undefined) return known(source.address);
  return notKnown(
    found.length === 0
      ? "there is no address but those of the loopback and of links"
      : `no default route says which of ${found.length} addresses it is`,
  );
}

function usable(machine: Machine): readonly InterfaceAddress[] | undefined {
  const passing = passingOf(machine);
  const isOfUse = ({ address }: InterfaceAddress) =>
    !/^(127\.|169\.254\.|::1$|fe[89ab]|0\.0\.0\.0$)/i.test(address) &&
    !passing.has(digits6(address));
  return machine.addresses()?.filter(isOfUse);
}

/** Of IPv6: those of privacy, that others take the place of, and that are still tried. */
function passingOf({ files }: Machine): ReadonlySet<string> {
  const read = files.text("/proc/net/if_inet6");
  const found = new Set<string>();
  for (const line of read.ok ? read.value.split("\n") : []) {
    const [hex = "", , , , flags = ""] = line.trim().split(/\s+/);
    if ((parseInt(flags, 16) & PASSING) !== 0) found.add(hex);
  }
  return found;
}

/** An address of IPv6 as the 32 digits of the kernel. */
function digits6(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(missing).fill("0"), ...after]
    .map((group) => group.padStart(4, "0")).join("").toLowerCase();
}

function* rows(machine: Machine, path: string): Iterable<readonly string[]> {
  const read = machine.files.text(path);
  for (const line of read.ok ? read.value.split("\n") : []) yield line.trim().split(/\s+/);
}

function* routes4(machine: Machine): Iterable<DefaultRoute> {
  for (const row of rows(machine, "/proc/net/route")) {
    const [name = "", destination, gateway = "", flags = "", , , metric, mask] = row;
    if (destination !== "00000000" || mask !== "00000000") continue;
    const bits = parseInt(flags, 16);
    if ((bits & UP) === 0 || (bits & REJECT) !== 0) continue;
    yield { interface: name, metric: Number(metric), gateway: swapped(parseInt(gateway, 16)) };
  }
}

function* routes6(machine: Machine): Iterable<DefaultRoute> {
  for (const row of rows(machine, "/proc/net/ipv6_route")) {
    const [destination = "", length, , , , metric = "", , , flags = ""] = row;
    const name = row[9] ?? "";
    if (!/^0{32}$/.test(destination) || length !== "00" || name === "lo") continue;
    const bits = parseInt(flags, 16);
    if ((bits & UP) === 0 || (bits & REJECT) !== 0) continue;
    yield { interface: name, metric: parseInt(metric, 16) };
  }
}

/** The first of those that count most. */
function best(routes: Iterable<DefaultRoute>): DefaultRoute | undefined {
  let found: DefaultRoute | undefined;
  for (const route of routes) {
    if (found === undefined || route.metric < found.metric) found = route;
  }
  return found;
}

/** The address of the route's interface in the network of the gateway, else its first one. */
function source4(
  addresses: readonly InterfaceAddress[],
  route: DefaultRoute,
): InterfaceAddress | undefined {
  const own = addresses.filter(({ name, address }) =>
    name === route.interface && !address.includes(":")
  );
  const { gateway = 0 } = route;
  const isNear = ({ address, prefixLength }: InterfaceAddress) =>
    network(number4(address), prefixLength) === network(gateway, prefixLength);
  return (gateway === 0 ? undefined : own.find(isNear)) ?? own[0];
}

/** A global address of the route's interface, else one of a private network. */
function source6(
  addresses: readonly InterfaceAddress[],
  route: DefaultRoute | undefined,
): InterfaceAddress | undefined {
  const own = addresses.filter(({ name, address }) =>
    name === route?.interface && address.includes(":")
  );
  return own.find(({ address }) => !/^f[cd]/i.test(address)) ?? own[0];
}

function number4(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function network(address: number, prefixLength: number): number {
  return Math.floor(address / 2 ** (32 - prefixLength));
}

/** The kernel writes the bytes of an address in its own order, which here is the other way round. */
function swapped(number: number): number {
  return [0, 8, 16, 24].reduce((sum, bits) => sum * 256 + ((number >>> bits) & 0xff), 0);
}
