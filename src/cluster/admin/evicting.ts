/**
 * A host that is cast out, as somebody says: its name is free at once, and the leader does the rest
 * (`leader/evictions.ts`). Done again, also at the same time by another, it says what is so.
 *
 * @module
 */

import { didYouMean } from "../../base/nearest.ts";
import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { castOutIn, evicting } from "../leader/evictions.ts";
import {
  bindingKey,
  hostKeyRange,
  isHostName,
  liveKey,
  parseKey,
  revokedKey,
} from "../store/keys.ts";
import { type BindingRecord, read } from "../store/records.ts";
import { type CallOptions, listAll, type Store, type StoreEntry } from "../store/store.ts";
import { type ClusterStatus, type HostStatus, readClusterStatus } from "./cluster_status.ts";

const PAGE = 500;
/** Others write there, too. */
const TRIES = 10;
/** Between two looks whether it is done. */
const LOOK_MS = 200;

/** Who casts out. */
export interface Evicting extends CallOptions {
  /** The name of the host that asks. */
  readonly self: string | undefined;
  readonly wallMs: number;
}

/** Who was cast out. */
export interface EvictedHost {
  readonly host: string;
  readonly id: string;
  /** Its place among all that were. */
  readonly count: number;
  /** That was so before, since then (ms since 1970). */
  readonly beforeAt?: number;
}

/** Casts out the host of that name. */
export async function evict(
  store: Store,
  fleet: ClusterStatus,
  host: string,
  options: Evicting,
): Promise<Result<EvictedHost>> {
  if (host === options.self) return itself(host);
  if (!isHostName(host)) return notBound(fleet, host, { bindings: [], revoked: undefined });
  for (let count = 0; count < TRIES; count++) {
    const seen = await look(store, host, options);
    if (!seen.ok) return seen;
    const { binding, bindings, live, revoked } = seen.value;
    if (binding === undefined) return notBound(fleet, host, { bindings, revoked });
    const { id, role } = binding;
    const row = fleet.hosts.find((each) => each.host === host);
    if (role !== "host" || row !== undefined && row.role !== "client") return hasServerRole(host);
    const own = bindings.filter(({ value }) => read.binding(value)?.id === id);
    const transaction = evicting({ host, id, bindings: own, revoked }, options.wallMs);
    const done = await store.transact(transaction, options);
    if (!done.ok) return done;
    if (!done.value.succeeded) continue;
    // What goes with it goes at once; where that fails, the leader removes it.
    if (live?.lease !== undefined) await store.revokeLease(live.lease, options);
    return ok({ host, id, count: castOutIn(revoked).length + 1 });
  }
  return fail(`${host} is not cast out: others change what is known of it all the time`, {
    code: "busy",
    hint: "try again",
  });
}

/** What the store says of a name. */
interface Seen {
  readonly binding: BindingRecord | undefined;
  /** Of all names. */
  readonly bindings: readonly StoreEntry[];
  readonly live: StoreEntry | undefined;
  readonly revoked: StoreEntry | undefined;
}

async function look(store: Store, host: string, options: CallOptions): Promise<Result<Seen>> {
  const bindings = await listAll(store, hostKeyRange("hosts/"), { ...options, limit: PAGE });
  if (!bindings.ok) return bindings;
  const then = [revokedKey(), liveKey(host)].map((key) => ({ type: "get", key } as const));
  const found = await store.transact({ when: [], then }, options);
  if (!found.ok) return found;
  const { entries } = bindings.value;
  const [revoked, live] = found.value.got;
  const bound = entries.find(({ key }) => key === bindingKey(host));
  return ok({ binding: read.binding(bound?.value), bindings: entries, revoked, live });
}

/** The name is bound to nobody: its host is cast out already, may do everything, or was never here. */
function notBound(
  { hosts }: ClusterStatus,
  host: string,
  { bindings, revoked }: {
    readonly bindings: readonly StoreEntry[];
    readonly revoked: StoreEntry | undefined;
  },
): Result<EvictedHost> {
  const row = hosts.find((each) => each.host === host);
  if (row !== undefined && (row.role !== "client" || row.live && row.trust === "server")) {
    return hasServerRole(host);
  }
  const all = castOutIn(revoked);
  const index = all.findLastIndex((each) => each.host === host);
  const known = all[index];
  if (known !== undefined) {
    return ok({ host, id: known.id, count: index + 1, beforeAt: known.at });
  }
  const names = bindings.flatMap(({ key }) => {
    const parsed = parseKey(key);
    return parsed?.type === "binding" ? [parsed.host] : [];
  });
  return fail(`${host} is no host of this cluster`, {
    code: "unknown",
    hint: didYouMean(host, names) ?? "mgmt members names all that are there; one that has the " +
        "secret and is not there is left behind by mgmt cluster rotate ca --yes",
  });
}

/**
 * Whether the name of a host that was cast out by another authority is another's by now: the cluster has bound
 * it (`isBound`), which it does for nobody with the server role; or who has it runs etcd, or is there, as
 * somebody else.
 */
export function isAnothers(
  hosts: readonly HostStatus[],
  isBound: boolean,
  { host, id }: { readonly host: string; readonly id?: string | undefined },
): boolean {
  return isBound || hosts.some((each) =>
    each.host === host &&
    (each.role !== "client" || each.live && (id === undefined || each.hostId !== id))
  );
}

function itself(host: string): Result<never> {
  return fail(`${host} is this host: nobody casts out itself`, {
    code: "self",
    hint: "to take it out of its cluster: mgmt leave",
  });
}

function hasServerRole(host: string): Result<never> {
  return fail(
    `${host} has the server role: it knows the cluster's secret, and could let itself in again`,
    {
      code: "server-role",
      hint:
        "casting it out takes another secret for the cluster, which all others get and it does not",
    },
  );
}

/** How far that is. */
export interface EvictionProgress {
  /** Hosts with the server role that are there, and let it in still. */
  readonly waitsFor: readonly string[];
  /** The same that are not there: they refuse it as soon as they are. */
  readonly silent: readonly string[];
  /** Why connections that it has open there may go on. */
  readonly keepsOpen: readonly { readonly host: string; readonly why: string }[];
}

/** How far it is with the one that is the `count`th of those that were cast out. */
export function progressOf(hosts: readonly HostStatus[], count: number): EvictionProgress {
  const servers = hosts.filter(({ trust, role, whose }) =>
    whose === "ours" && (trust === "server" || role !== "client")
  );
  const there = servers.filter(({ live }) => live);
  return {
    waitsFor: there.filter(({ refuses = 0 }) => refuses < count).map(({ host }) => host),
    silent: servers.filter(({ live, refuses = 0 }) => !live && refuses < count)
      .map(({ host }) => host),
    keepsOpen: there.flatMap(({ host, keepsOpen }) =>
      keepsOpen === undefined ? [] : [{ host, why: keepsOpen }]
    ),
  };
}

/** How long is waited, and what is said meanwhile. */
export interface EvictionWait {
  readonly waitMs: number;
  readonly say: (text: string) => void;
}

/** Waits until it has no rights, and nobody who is there lets it in. Fails with `late`; the order stands then. */
export async function untilOut(
  store: Store,
  { host, id, count }: EvictedHost,
  clock: Clock,
  { deadlineMs, waitMs, say }: EvictionWait & Required<Pick<CallOptions, "deadlineMs">>,
): Promise<Result<EvictionProgress>> {
  const endMs = clock.nowMs() + waitMs;
  let last = "";
  for (;;) {
    const found = await store.get(revokedKey(), { deadlineMs });
    const seen = await readClusterStatus(store, deadlineMs);
    const isGone = found.ok && castOutIn(found.value.entry)
      .some((each) => each.host === host && each.id === id && each.isGone === true);
    const progress = seen.ok ? progressOf(seen.value.hosts, count) : undefined;
    if (isGone && progress?.waitsFor.length === 0) return ok(progress);
    const doing = seen.ok ? whatFor(host, isGone, seen.value, progress) : seen.failure.message;
    if (doing !== last && last !== "") say(doing);
    last = doing;
    if (clock.nowMs() >= endMs) return { ok: false, failure: late(host, doing) };
    await clock.sleep(LOOK_MS);
  }
}

function whatFor(
  host: string,
  isGone: boolean,
  { leader }: ClusterStatus,
  progress: EvictionProgress | undefined,
): string {
  if (!isGone) return leader === undefined ? "waits for a leader" : `${leader} ends its rights`;
  return `waits for ${progress?.waitsFor.join(", ")}, which let ${host} in still`;
}

function late(host: string, doing: string): Failure {
  return failure(
    `not done within --wait: ${host} is cast out, and that is not in force yet: ${doing}`,
    {
      code: "late",
      hint: "the order stands; the same command again waits on",
    },
  );
}
