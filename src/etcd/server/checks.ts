/**
 * What has to be so before etcd is started: each thing that is not is one clear line, and nothing has
 * been changed.
 *
 * @module
 */

import * as fs from "node:fs";
import { dirname } from "node:path";
import { type Address, addressText, fromHere, isNamed } from "../../base/address.ts";
import { type Failure, failure, reasonOf } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";

/** Where etcd is to be. */
export interface EtcdSite {
  readonly dataDirectory: string;
  /** Its data is there already. */
  readonly hasRun: boolean;
  /** Where it listens; at the first of them this host asks it whether it answers. */
  readonly addresses: readonly Address[];
}

/** It writes 64 MB of log ahead, twice, and dies when that does not fit. */
const FRESH_BYTES = 192 * 1024 * 1024;
const GROWING_BYTES = 96 * 1024 * 1024;
/** Who has just ended may still be giving its address back. */
const ADDRESS_MS = 1000;
const ADDRESS_AGAIN_MS = 25;
/** A connection of a host to itself that takes longer proves nothing but that the host is busy. */
const CONNECT_MS = 1000;

/** Says what stands in the way, if anything does. */
export async function whatIsInTheWay(site: EtcdSite, clock: Clock): Promise<Failure | undefined> {
  return dataInTheWay(site) ?? diskInTheWay(site) ?? await addressInTheWay(site, clock);
}

function dataInTheWay({ dataDirectory }: EtcdSite): Failure | undefined {
  const there = statOf(dataDirectory);
  if (there === undefined || there.uid === Deno.uid()) return undefined;
  return failure(`${dataDirectory} belongs to another user (${there.uid})`, {
    code: "data",
    hint: "run the agent as that user, or move the directory away",
  });
}

function statOf(path: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(path);
  } catch {
    return undefined;
  }
}

function diskInTheWay({ dataDirectory, hasRun }: EtcdSite): Failure | undefined {
  const needed = hasRun ? GROWING_BYTES : FRESH_BYTES;
  const free = freeBytes(dataDirectory);
  if (free === undefined || free >= needed) return undefined;
  const [has, needs] = [free, needed].map((bytes) => Math.floor(bytes / 1024 / 1024));
  return failure(`${has} MiB are free for etcd at ${dataDirectory}, it needs ${needs}`, {
    code: "disk",
    hint: "make room there, or put the state elsewhere with --prefix",
  });
}

/** The space at the nearest directory that is there. */
function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = fs.statfsSync(path);
    return bavail * bsize;
  } catch {
    return path === dirname(path) ? undefined : freeBytes(dirname(path));
  }
}

async function addressInTheWay(
  { addresses }: EtcdSite,
  clock: Clock,
): Promise<Failure | undefined> {
  const endMs = clock.nowMs() + ADDRESS_MS;
  for (const [index, address] of addresses.entries()) {
    for (;;) {
      const wrong = await tryAddress(address, index === 0);
      if (wrong === undefined) break;
      if (wrong.code !== "port-taken" || clock.nowMs() > endMs) return wrong;
      await clock.sleep(ADDRESS_AGAIN_MS);
    }
  }
  return undefined;
}

/** Listens there for a moment; `asked`: its host is to be reached from here, too. */
async function tryAddress(address: Address, asked: boolean): Promise<Failure | undefined> {
  const { host, port } = address;
  const url = addressText(address);
  if (isNamed(address)) {
    return failure(`etcd cannot listen at ${url}: it wants an address, not a name`, {
      code: "address",
      hint: `give the address of ${host} instead`,
    });
  }
  try {
    // In one turn: whoever asks there meanwhile would wait for an answer of nobody.
    Deno.listen({ hostname: host, port }).close();
    return asked ? await outOfReach(address) : undefined;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AddrInUse) {
      return failure(`etcd cannot listen at ${url}: another program does`, {
        code: "port-taken",
        hint:
          `see which: ss -ltnp 'sport = ${port}'; or choose others: --client-urls, --server-urls`,
      });
    }
    if (thrown instanceof Deno.errors.AddrNotAvailable) {
      return failure(`etcd cannot listen at ${url}: this host does not have that address`, {
        code: "address-absent",
        hint: "see which it has (ip address); started at a new one, a member says so itself",
      });
    }
    return failure(`etcd cannot listen at ${url}: ${reasonOf(thrown)}`, { code: "address" });
  }
}

/**
 * Without a network, also without that of loopback, a program can listen where nobody comes. That is tried
 * at a port that nobody else knows.
 */
async function outOfReach(address: Address): Promise<Failure | undefined> {
  const { host: hostname } = fromHere(address);
  try {
    using listener = Deno.listen({ hostname, port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const signal = AbortSignal.timeout(CONNECT_MS);
    (await Deno.connect({ hostname, port, signal })).close();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NetworkUnreachable)) return undefined;
    return failure(
      `this host does not reach itself at ${addressText(address)}: ${thrown.message}`,
      {
        code: "address-unreachable",
        hint: "see which networks are up: ip address; for 127.0.0.1: ip link set lo up",
      },
    );
  }
}
