/**
 * A host that is gone for good, as somebody says: what it exported and what is written down of it
 * goes at once, if it is still silent at that moment. Its member of etcd is let go by the leader, by
 * the rules of every removal; if the host comes back before that, it stays.
 *
 * @module
 */

import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import { ExportSigner } from "../exchange/export_signer.ts";
import {
  bindingKey,
  exportsRange,
  followedRange,
  forgottenKey,
  isHostName,
  liveKey,
  parseKey,
} from "../store/keys.ts";
import { tracesOf } from "./leaving.ts";
import { releaseFromRotation } from "./rotation_release.ts";
import { write } from "../store/records.ts";
import { isSealed, type Seal } from "../exchange/seal.ts";
import { type CallOptions, listAll, type Store, type StoreOperation } from "../store/store.ts";
import type { ClusterStatus, HostStatus } from "./cluster_status.ts";

const PAGE = 500;
/** Hosts that a message names. */
const MOST_NAMED = 5;

/** What was found of a host that is to be forgotten, and is gone by now. */
export interface Forgotten {
  readonly host: string;
  /** Members of etcd that the leader lets go. */
  readonly memberIds: readonly string[];
  readonly exports: number;
}

/**
 * Forgets the host or the member with that name or id, unless it is there. `sealFor` makes the MACs of
 * this machine's user: where exports carry them, only so their end is believed.
 */
export async function forget(
  store: Store,
  fleet: ClusterStatus,
  name: string,
  options: CallOptions & {
    readonly sealFor: (cluster: string) => Seal | undefined;
    wallMs: number;
  },
): Promise<Result<Forgotten>> {
  const rows = fleet.hosts.filter(({ host, memberId }) => host === name || memberId === name);
  const host = rows[0]?.host ?? name;
  const problem = rows.map(whyNot).find((each) => each !== undefined) ??
    (rows.some(({ role }) => role !== "client") ? noLeader(fleet, name) : undefined);
  if (problem !== undefined) return { ok: false, failure: problem };
  const exported = isHostName(host)
    ? await listAll(store, followedRange(host), { ...options, limit: PAGE })
    : ok({ entries: [] });
  if (!exported.ok) return exported;
  const there = new Map(exported.value.entries.map(({ key, value }) => [key, value]));
  const exports = [...there.keys()].filter((key) => parseKey(key)?.type === "exported").length;
  // Before all else: afterwards nothing would be found that could be forgotten again.
  const released = await releaseFromRotation(store, host, options);
  if (!released.ok) return released;
  const isNothing = rows.length === 0 && exports === 0 && !released.value;
  if (isNothing && !await isBound(store, host, options)) {
    return await unknown(store, fleet, name, options);
  }
  const end = endOf(host, there, options.sealFor(fleet.clusterId), options.wallMs);
  if (!end.ok) return end;
  const memberIds = rows.flatMap(({ memberId }) => memberId ?? []);
  const then: StoreOperation[] = [
    ...(isHostName(host) ? tracesOf(host) : []),
    ...end.value,
    ...memberIds.map((id) =>
      ({ type: "put", key: forgottenKey(id), value: write({ host }) }) as const
    ),
  ];
  const when = [{ key: liveKey(host), create: 0 }];
  const done = await store.transact({ when, then }, options);
  if (!done.ok) return done;
  if (!done.value.succeeded) {
    return { ok: false, failure: isThere(host, "its agent has just come back") };
  }
  return ok({ host, memberIds, exports });
}

/** The cluster has given that name to a host of which nothing else is left. */
async function isBound(store: Store, host: string, options: CallOptions): Promise<boolean> {
  if (!isHostName(host)) return false;
  const found = await store.get(bindingKey(host), options);
  return found.ok && found.value.entry !== undefined;
}

/** What says, so that it is believed, that a host exports nothing any more. */
function endOf(
  host: string,
  there: ReadonlyMap<string, string>,
  seal: Seal | undefined,
  wallMs: number,
): Result<readonly StoreOperation[]> {
  const sealed = [...there].filter(([, value]) => isSealed(value));
  if (sealed.length === 0) return ok([]);
  if (!sealed.some(([key, value]) => seal?.open(key, value) !== undefined)) {
    return fail(`what ${host} exports is that of another user's agents on this machine`, {
      code: "foreign",
      hint: "forget it as that user",
    });
  }
  const signer = new ExportSigner(host, () => wallMs);
  signer.use(seal);
  const values = signer.values(new Map(), there);
  return ok([...values].map(([key, value]) => ({ type: "put", key, value })));
}

/** Why it must not be forgotten. */
function whyNot({ host, live, answers, whose, memberId }: HostStatus): Failure | undefined {
  if (whose === "others") {
    return failure(`${host} is a member of etcd that is none of mgmt's`, {
      code: "foreign",
      hint: `where it is to go: etcdctl member remove ${memberId}`,
    });
  }
  if (live) return isThere(host, "its agent has said so in the last 15 seconds");
  return answers ? isThere(host, "its etcd answers, though its agent does not") : undefined;
}

function isThere(host: string, why: string): Failure {
  return failure(`${host} is there: ${why}`, {
    code: "live",
    hint: "to take it out of the cluster: mgmt leave, on that host; to forget it: first stop it",
  });
}

/** A member goes by the leader's hand. */
function noLeader({ leader }: ClusterStatus, name: string): Failure | undefined {
  if (leader !== undefined) return undefined;
  return failure(`nobody decides over the members at the moment, so ${name} cannot be let go`, {
    code: "no-leader",
    hint: "try again in some seconds; mgmt cluster status says who leads",
  });
}

async function unknown(
  store: Store,
  fleet: ClusterStatus,
  name: string,
  options: CallOptions,
): Promise<Result<never>> {
  const silent = fleet.hosts.filter(({ live, answers }) => !live && !answers);
  const others = await silentExporters(store, fleet, options);
  if (!others.ok) return others;
  const names = [...new Set([...silent.map(({ host }) => host), ...others.value])];
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  return fail(`nothing is written down of ${name}: it was forgotten, has left, or never was here`, {
    code: "unknown",
    hint: names.length === 0
      ? "no host is silent: mgmt members names all"
      : `silent are ${names.slice(0, MOST_NAMED).join(", ")}${more}`,
  });
}

/** The cluster with the hosts of which only their exports are left, as far as that can be read. */
export async function withGone(
  store: Store,
  fleet: ClusterStatus,
  options: CallOptions,
): Promise<ClusterStatus> {
  const names = await silentExporters(store, fleet, options);
  const gone = (names.ok ? names.value : []).map((host): HostStatus => ({
    host,
    role: "client",
    leadsEtcd: false,
    decides: false,
    live: false,
    answers: false,
    etcd: "none",
    clientUrls: [],
    volunteers: false,
    alarms: [],
    whose: "ours",
    leftExports: true,
  }));
  return { ...fleet, hosts: [...fleet.hosts, ...gone] };
}

/** Hosts that the list does not have, because nothing but their exports is left of them. */
async function silentExporters(
  store: Store,
  { hosts }: ClusterStatus,
  options: CallOptions,
): Promise<Result<readonly string[]>> {
  const known = new Set(hosts.map(({ host }) => host));
  const names: string[] = [];
  const all = exportsRange();
  // The first export of each host, and on behind its last: one may have very many.
  for (let from = all.from;;) {
    const page = await store.list({ from, to: all.to }, { ...options, limit: 1 });
    if (!page.ok) return page;
    const key = page.value.entries[0]?.key;
    if (key === undefined) return ok(names);
    const parsed = parseKey(key);
    const host = parsed?.type === "exported" ? parsed.host : undefined;
    if (host !== undefined && !known.has(host)) names.push(host);
    from = host === undefined ? `${key}\0` : exportsRange(host).to;
  }
}
