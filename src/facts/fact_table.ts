/**
 * The facts of a host: what each is, how it is learned, and with what it changes.
 *
 * @module
 */

import type { InputReading } from "../base/input.ts";
import type { FactGroup } from "./fact_changes.ts";
import { archFact, cpusFact, kernelFact, memoryFact, virtualizationFact } from "./hardware.ts";
import type { Machine } from "./machine.ts";
import { fqdnFact, machineIdFact, nameFact } from "./names.ts";
import { addressesFact, addressFact } from "./network_facts.ts";
import { initFact, osFact, packageManagerFact, timezoneFact } from "./operating_system.ts";

/** One fact that each host has. */
export interface FactEntry {
  /** What it is, in a line for people. */
  readonly summary: string;
  /** Its type in TypeScript. */
  readonly type: string;
  /** What changes with it. */
  readonly group: FactGroup;
  /** Learns it; `name`: what this host was told to be called. */
  learn(machine: Machine, name: string | undefined): InputReading;
}

const OS_TYPE = "{ id: string; versionId: string; codename: string; family: string }";

/** All but labels and own ones, by their names. */
export const FACTS = {
  name: {
    summary: "the name that this host goes by: --hostname, else the machine's",
    type: "string",
    group: "name",
    learn: nameFact,
  },
  fqdn: {
    summary: "the name with its domain, from the name itself, /etc/hosts or the kernel",
    type: "string",
    group: "name",
    learn: fqdnFact,
  },
  machineId: {
    summary: "the number in /etc/machine-id",
    type: "string",
    group: "machineId",
    learn: machineIdFact,
  },
  os: {
    summary: "the distribution, as /etc/os-release says: debian, 12, bookworm; family: debian, …",
    type: OS_TYPE,
    group: "os",
    learn: osFact,
  },
  kernel: { summary: "the kernel's release", type: "string", group: "fixed", learn: kernelFact },
  arch: {
    summary: "the processor: x86_64, aarch64",
    type: "string",
    group: "fixed",
    learn: archFact,
  },
  cpus: {
    summary: "processors that are switched on",
    type: "number",
    group: "fixed",
    learn: cpusFact,
  },
  memoryMb: {
    summary: "memory of the kernel, in MiB",
    type: "number",
    group: "fixed",
    learn: memoryFact,
  },
  addresses: {
    summary: "all addresses but those of the loopback, of links and of privacy",
    type: "readonly string[]",
    group: "network",
    learn: addressesFact,
  },
  address: {
    summary: "the one that others reach: where the default route begins, of IPv4 before IPv6",
    type: "string",
    group: "network",
    learn: addressFact,
  },
  timezone: {
    summary: "the name of the time zone: Europe/Vienna",
    type: "string",
    group: "timezone",
    learn: timezoneFact,
  },
  virtualization: {
    summary: "what it runs in, in the words of systemd-detect-virt: kvm, docker, none",
    type: "string",
    group: "fixed",
    learn: virtualizationFact,
  },
  init: {
    summary: "systemd where that has booted it, else the program that process 1 runs",
    type: "string",
    group: "fixed",
    learn: initFact,
  },
  packageManager: {
    summary: "what installs packages: apt, dnf, yum, zypper, pacman or apk",
    type: "string",
    group: "fixed",
    learn: packageManagerFact,
  },
} as const satisfies Readonly<Record<string, FactEntry>>;

/** What `os` has in it. */
export const OS_PARTS = ["os.id", "os.versionId", "os.codename", "os.family"];

/** Whether each host has a fact of that name. */
export function isFactName(name: string): name is keyof typeof FACTS {
  return Object.hasOwn(FACTS, name);
}
