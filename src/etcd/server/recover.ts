/**
 * Makes a cluster of one: out of the data of a member whose cluster has lost its majority for good, or
 * a new one.
 *
 * @module
 */

import * as fs from "node:fs";
import { join } from "node:path";
import { type Address, addressText, pageAt, type Scheme } from "../../base/address.ts";
import { type Credentials, type MemberCredentials, schemeRefused } from "../../base/credentials.ts";
import { DEFAULT_CLIENT } from "../../cluster/store/urls.ts";
import { fail, type Failure, failure, ok, reasonOf, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import type { Network } from "../../os/network/network.ts";
import { isAlive } from "../../os/process/table.ts";
import type { Processes } from "../../os/process/processes.ts";
import { findEtcd } from "./binary.ts";
import { logSize, readEnd } from "./etcd_log.ts";
import { etcdFlags } from "./flags.ts";
import { endEtcd, type EtcdProcess, leftEtcd, startEtcd, strangeEtcd } from "./process.ts";

export interface RecoverOptions {
  /** Etcd's part of the prefix, absolute. */
  readonly directory: string;
  /** The member's name. */
  readonly name: string;
  readonly clock: Clock;
  readonly network: Network;
  readonly processes: Processes;
  readonly credentials: Credentials;
  /** What etcd shows; absent: nothing, it is plain text. */
  readonly member?: MemberCredentials | "none";
}

/** For etcd to read its data and lead itself. */
const SERVE_MS = 60_000;
const ASK_MS = 100;

/** Whether that member has data; how old it is no file of it tells: elections are written, too. */
export function hasData({ directory, name }: Pick<RecoverOptions, "directory" | "name">): boolean {
  const log = join(directory, "data", name, "member/wal");
  try {
    return fs.readdirSync(log).some((file) => file.endsWith(".wal"));
  } catch {
    return false;
  }
}

/** Ends the etcd that a killed agent has left behind, if there is one. */
export async function endLeftEtcd({ directory, clock }: RecoverOptions): Promise<void> {
  const left = leftEtcd(directory);
  if (left !== undefined) await endEtcd(strangeEtcd(left.entry, clock), clock);
}

/** Copies the data to a place of its own, and says where. */
export function copyData({ directory, name, clock }: RecoverOptions): Result<string> {
  const stamp = clock.wall().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const copy = join(directory, `before-recover-${stamp}`);
  try {
    fs.mkdirSync(copy, { mode: 0o700 });
    fs.cpSync(join(directory, "data", name), join(copy, name), {
      recursive: true,
      preserveTimestamps: true,
    });
    return ok(copy);
  } catch (thrown) {
    fs.rmSync(copy, { recursive: true, force: true });
    return fail(`cannot copy etcd's data to ${copy}: ${reasonOf(thrown)}`, {
      hint: "nothing was changed; make room on that disk",
    });
  }
}

/** Moves all data out of the way, and says where it is; undefined: there was none. */
export function putAllAside(
  { directory, clock }: Pick<RecoverOptions, "directory" | "clock">,
): Result<string | undefined> {
  const stamp = clock.wall().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const aside = join(directory, `before-restore-${stamp}`);
  const data = join(directory, "data");
  try {
    if (!fs.existsSync(data)) return ok(undefined);
    fs.mkdirSync(aside, { mode: 0o700 });
    fs.renameSync(data, join(aside, "data"));
    return ok(aside);
  } catch (thrown) {
    return fail(`cannot move ${data} to ${aside}: ${reasonOf(thrown)}`, {
      hint: "nothing was changed",
    });
  }
}

/** Takes the data back from there, and removes what was made meanwhile. */
export function takeBack(
  { directory }: Pick<RecoverOptions, "directory">,
  aside: string | undefined,
): void {
  const data = join(directory, "data");
  fs.rmSync(data, { recursive: true, force: true });
  if (aside === undefined) return;
  fs.renameSync(join(aside, "data"), data);
  fs.rmdirSync(aside);
}

/** `new`: without any data; `only`: with its own, and without all other members. */
export type AloneAs = "new" | "only";

/**
 * Starts etcd once, out of reach of all others, so that it is the only member; then ends it. While it
 * serves, `use` is called with its address.
 */
export async function runAlone(
  options: RecoverOptions,
  as: AloneAs,
  use: (clientUrl: string) => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  const { directory, name, processes, clock, member = "none" } = options;
  const hasRights = member !== "none";
  const found = await findEtcd({ directory: join(directory, "bin"), processes, hasRights });
  if (!found.ok) return found.failure;
  const [client, peer] = freeAddresses(member === "none" ? "http" : "https");
  const [clientUrl, peerUrl] = [addressText(client), addressText(peer)];
  const logFile = join(directory, "etcd.log");
  const output = join(directory, "etcd.output");
  const place = {
    dataDirectory: join(directory, "data", name),
    logFile,
    clientUrls: [clientUrl],
    peerUrls: [peerUrl],
    listenClients: [client],
    listenPeers: [peer],
    member,
  };
  const state = as === "new" ? "new" : "ran";
  const start = { name, initialCluster: [{ name, url: peerUrl }], state } as const;
  const more = as === "new" ? [] : ["--force-new-cluster"];
  const { credentials } = options;
  const refused = schemeRefused("cannot start etcd", { credentials, addresses: [client, peer] });
  if (refused !== undefined) return refused;
  const flags = etcdFlags(start, place);
  if (!flags.ok) return flags.failure;
  fs.mkdirSync(place.dataDirectory, { recursive: true, mode: 0o700 });
  const logFrom = logSize(logFile);
  const started = await startEtcd(found.value.path, [...flags.value, ...more], output);
  if (!started.ok) return started.failure;
  const serves = await isServing(started.value, client, options);
  const problem = serves ? await use(clientUrl) : undefined;
  await endEtcd(started.value, clock);
  if (serves) return problem;
  const { message } = readEnd(logFile, logFrom, output, clock.wall());
  const data = as === "new" ? "" : " on this data";
  return failure(`etcd does not start${data}: ${message} (see ${logFile})`, {
    hint: as === "new"
      ? "try it again when that is mended"
      : "try it on another host that has data of this cluster",
  });
}

/** It leads itself, and so can write. */
async function isServing(
  { entry }: EtcdProcess,
  client: Address,
  { clock, network, credentials }: RecoverOptions,
): Promise<boolean> {
  const endMs = clock.nowMs() + SERVE_MS;
  const url = pageAt(client, "/health");
  while (isAlive(entry) && clock.nowMs() < endMs) {
    const answer = await network.get({ url, credentials, timeoutMs: 5000, bodyBytes: 1024 });
    if (answer.ok && answer.value.body.includes('"health":"true"')) return true;
    await clock.sleep(ASK_MS);
  }
  return false;
}

/** Two addresses of this machine that nobody uses, so that no former member comes in between. */
function freeAddresses(scheme: Scheme): [Address, Address] {
  const doors = [0, 0].map(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const [client, peer] = doors.map(({ addr }) => ({ ...DEFAULT_CLIENT, scheme, port: addr.port }));
  for (const door of doors) door.close();
  return [client!, peer!];
}
