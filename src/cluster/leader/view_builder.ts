/**
 * From what the leader has read to what it decides from. What only time can tell (since when a
 * member is silent, a nominee asked) is remembered here, by the leader's own clock: a new leader
 * begins to count anew, and so never acts too early.
 *
 * @module
 */

import { hostOfMember, isTemporaryMember } from "../store/keys.ts";
import type { Peers, RotationRecord, StatusRecord } from "../store/records.ts";
import { sameUrls } from "./operation.ts";
import { isWithout } from "./rotation.ts";
import type { HostRecords, Sorted } from "./sorted_entries.ts";
import type { Member, MemberStatus, StoreEntry } from "../store/store.ts";
import type { View, ViewHost, ViewMember } from "./view.ts";

/** Who has answered for so long is back. */
const STEADY_MS = 10_000;

/** All that the leader has read in one round. */
export interface Reading {
  readonly entries: readonly StoreEntry[];
  readonly members: readonly Member[];
  /** What each member that answers says of itself. */
  readonly statuses: ReadonlyMap<string, MemberStatus>;
}

/** What a leader has seen over time. */
export class Observations {
  #since = new Map<string, number>();
  #seen = new Set<string>();

  /** Since when that has been so; undefined while it is not. */
  since(what: string, holds: boolean, now: number): number | undefined {
    if (!holds) {
      this.#since.delete(what);
      return undefined;
    }
    this.#seen.add(what);
    const since = this.#since.get(what) ?? now;
    this.#since.set(what, since);
    return since;
  }

  /** Whether that was so when it was spoken of last. */
  has(what: string): boolean {
    return this.#since.has(what);
  }

  /** Forgets what no round has spoken of since the last call. */
  sweep(): void {
    for (const what of this.#since.keys()) if (!this.#seen.has(what)) this.#since.delete(what);
    this.#seen.clear();
  }
}

/** What the leader remembers beside that. */
export interface LeaderMemory {
  readonly self: string;
  readonly idealSize: number;
  readonly addRefused: boolean;
  readonly pausedUntil: number | undefined;
  readonly pausedWhy?: string | undefined;
}

/** Makes the view. */
export function makeView(
  reading: Reading,
  sorted: Sorted,
  observations: Observations,
  memory: LeaderMemory,
  now: number,
): View {
  const members = reading.members.map((member) =>
    viewMember(member, reading, sorted, observations, now)
  );
  const hosts = [...sorted.hosts].map(([host, records]) =>
    viewHost(host, records, sorted.rotation, observations, now)
  );
  observations.sweep();
  const spent = [...sorted.forgotten].flatMap(([memberId, host]) => {
    const member = members.find((each) => each.id === memberId);
    if (member?.forgotten === true) return [];
    return { memberId, why: `${host} is ${member === undefined ? "no member any more" : "back"}` };
  });
  return {
    self: memory.self,
    idealSize: sorted.idealSize ?? memory.idealSize,
    members,
    hosts,
    ...(spent.length === 0 ? {} : { spent }),
    ...(sorted.operation === undefined ? {} : { operation: sorted.operation.value }),
    ...(sorted.rolling === undefined ? {} : { rolling: sorted.rolling.record }),
    ...(sorted.securing === undefined ? {} : { securing: sorted.securing }),
    addRefused: memory.addRefused,
    ...(memory.pausedUntil === undefined ? {} : { pausedUntil: memory.pausedUntil }),
    ...(memory.pausedWhy === undefined ? {} : { pausedWhy: memory.pausedWhy }),
  };
}

function viewMember(
  member: Member,
  reading: Reading,
  sorted: Sorted,
  observations: Observations,
  now: number,
): ViewMember {
  const { id, name, peerUrls, learner } = member;
  const host = hostOf(member, sorted);
  const records = sorted.hosts.get(host ?? "");
  const said = reading.statuses.get(id);
  const started = name !== "";
  const claims = records?.live === true && records.status?.memberId === id &&
    records.status.etcd !== "failed";
  const silentSince = silence(
    id,
    started,
    { answers: said !== undefined, claims },
    observations,
    now,
  );
  const lags = learner && !isInSync(said, reading.statuses);
  const lagSince = observations.since(`lag ${id}`, started && lags, now);
  const nominated = records?.nomination?.record.memberId === id ? records.nomination : undefined;
  const asked = `nominated ${id}`;
  const since = observations.since(asked, nominated !== undefined && !started, now);
  const current = nominated !== undefined &&
    samePeers(nominated.record.initialCluster, peersFor(member, reading.members));
  const fails = records?.status?.memberId === id && records.status.etcd === "failed";
  const failsSince = observations.since(`fails ${id}`, !started && fails, now);
  const isUnclaimed = !started && host === undefined;
  const unclaimedSince = observations.since(`unclaimed ${id}`, isUnclaimed, now);
  const runsAs = claims && records.status?.etcd === "running"
    ? records.status.generation
    : undefined;
  const isOut = isWithout(sorted.rotation?.without, { host: host ?? "", id: records?.run?.id });
  const forgotten = sorted.forgotten.has(id) && said === undefined && records?.live !== true;
  return {
    id,
    host,
    peerUrls,
    learner,
    ...(isTemporaryMember(name) ? { temporary: true } as const : {}),
    started,
    answers: said !== undefined,
    ...(silentSince === undefined ? {} : { silentSince }),
    ...(said !== undefined && said.leaderId === undefined ? { isCutOff: true } as const : {}),
    ...(isBehind(said, reading.statuses) ? { isBehind: true } as const : {}),
    ...(runsAs === undefined ? {} : { generation: runsAs }),
    ...(lagSince === undefined ? {} : { lagSince }),
    ...(since === undefined ? {} : { nomination: { since, current } }),
    ...(failsSince === undefined ? {} : { failsSince }),
    ...(unclaimedSince === undefined ? {} : { unclaimedSince }),
    ...(forgotten ? { forgotten } : {}),
    ...(isOut ? { evicted: true } as const : {}),
  };
}

/**
 * Since when a member gives no sign. One that comes and goes begins no new count each time it comes,
 * or says that it starts: only who has answered for a while is back.
 */
function silence(
  id: string,
  started: boolean,
  { answers, claims }: { readonly answers: boolean; readonly claims: boolean },
  observations: Observations,
  now: number,
): number | undefined {
  const what = `silent ${id}`;
  const answersSince = observations.since(`answers ${id}`, started && answers, now);
  const isBack = answersSince !== undefined && now - answersSince >= STEADY_MS;
  const isSilent = !answers && !claims;
  const goesOn = !isBack && observations.has(what);
  const since = observations.since(what, started && (isSilent || goesOn), now);
  return isSilent ? since : undefined;
}

/** By its name once it has run; before that, while it learns, by the address it was added with. */
function hostOf(member: Member, sorted: Sorted): string | undefined {
  if (member.name !== "") return hostOfMember(member.name);
  if (!member.learner) return undefined;
  for (const [host, { nomination, volunteer }] of sorted.hosts) {
    if (nomination?.record.memberId === member.id) return host;
    if (volunteer !== undefined && sameUrls(volunteer.peerUrls, member.peerUrls)) return host;
  }
  const step = sorted.operation?.value.steps.find((each) =>
    each.type === "add" && sameUrls(each.peerUrls, member.peerUrls)
  );
  return step?.host;
}

/** Within a tenth of the farthest, as etcd itself asks of a learner before it may vote. */
function isInSync(
  said: MemberStatus | undefined,
  statuses: ReadonlyMap<string, MemberStatus>,
): boolean {
  const farthest = Math.max(0, ...[...statuses.values()].map((each) => each.raftIndex));
  return said !== undefined && said.raftAppliedIndex >= farthest * 0.9;
}

/** Entries that may be on their way while all members work: they are asked one after another. */
const UNDER_WAY = 500;

/** What a member that has just started still has to read, beside what comes in meanwhile. */
function isBehind(
  said: MemberStatus | undefined,
  statuses: ReadonlyMap<string, MemberStatus>,
): boolean {
  const farthest = Math.max(0, ...[...statuses.values()].map((each) => each.raftIndex));
  return said !== undefined && said.raftAppliedIndex + UNDER_WAY < farthest;
}

/** The list of members that a new one is started with; the others' names do not matter to etcd. */
export function peersFor(member: Member, members: readonly Member[]): Peers {
  return members.flatMap(({ id, name, peerUrls }) =>
    peerUrls.map((url) => ({ name: id === member.id ? "" : name || `new-${id}`, url }))
  );
}

/** The same addresses, whatever the names. */
function samePeers(left: Peers, right: Peers): boolean {
  return sameUrls(left.map((peer) => peer.url), right.map((peer) => peer.url));
}

function viewHost(
  host: string,
  records: HostRecords,
  rotation: RotationRecord | undefined,
  observations: Observations,
  now: number,
): ViewHost {
  const { backoff, volunteer, offerRevision, status } = records;
  const revision = backoff?.revision;
  const unfit = status?.unfit ?? (rotation && whyLeftBehind(rotation, status));
  const since = observations.since(`backoff ${host} ${revision}`, backoff !== undefined, now);
  const offeredSince = observations.since(`offer ${host}`, volunteer !== undefined, now);
  return {
    host,
    live: records.live === true,
    failures: backoff?.record.failures ?? 0,
    nominated: records.nomination !== undefined,
    ...(volunteer === undefined ? {} : { volunteer }),
    ...(offeredSince === undefined ? {} : { offeredSince }),
    ...(offerRevision === undefined ? {} : { offerRevision }),
    ...(status?.etcd === "none" && status.reason !== undefined ? { unwilling: status.reason } : {}),
    ...(status?.memberId === undefined ? {} : { memberId: status.memberId }),
    ...(status?.domain === undefined ? {} : { domain: status.domain }),
    ...(unfit === undefined ? {} : { unfit }),
    ...(since === undefined ? {} : timed(since, backoff?.record.forMs ?? 0)),
    ...(backoff === undefined ? {} : { backoffWhy: backoff.record.reason }),
  };
}

/** Why a host could not run etcd as long as the authority is replaced: those who do meet it with the next one's. */
function whyLeftBehind(
  { next }: RotationRecord,
  { memberId, trust }: Partial<StatusRecord> = {},
): string | undefined {
  const isReady = next === undefined || memberId !== undefined ||
    trust?.believes.includes(next.mark) === true && trust.keys.includes(next.mark);
  return isReady ? undefined : "it does not have the next authority's key yet";
}

function timed(since: number, backoffMs: number): Pick<ViewHost, "backoffUntil" | "backoffMs"> {
  return { backoffUntil: since + backoffMs, backoffMs };
}
