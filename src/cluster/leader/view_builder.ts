/**
 * From what the leader has read to what it decides from. What only time can tell (since when a
 * member is silent, a nominee asked) is remembered here, by the leader's own clock: a new leader
 * begins to count anew, and so never acts too early.
 *
 * @module
 */

import {
  hostOfMember,
  isTemporaryMember,
  leaderKey,
  operationKey,
  type ParsedKey,
  parseKey,
} from "../store/keys.ts";
import {
  type BackoffRecord,
  type ClaimRecord,
  type LiveRecord,
  type NominationRecord,
  type Peers,
  read,
} from "../store/records.ts";
import { readIdealSize, type StatusRecord, type VolunteerRecord } from "../store/records.ts";
import type { MembershipChange } from "../store/membership_change.ts";
import { sameUrls } from "./operation.ts";
import type { Member, MemberStatus, StoreEntry } from "../store/store.ts";
import type { View, ViewHost, ViewMember } from "./view.ts";

/** Who has answered for so long is back. */
const STEADY_MS = 10_000;

/** What is written down of one host. */
interface HostRecords {
  live?: boolean;
  run?: LiveRecord;
  claim?: ClaimRecord;
  volunteer?: VolunteerRecord;
  offerRevision?: number;
  status?: StatusRecord;
  nomination?: { record: NominationRecord; revision: number };
  backoff?: { record: BackoffRecord; revision: number };
}

/** All that the leader has read in one round. */
export interface Reading {
  readonly entries: readonly StoreEntry[];
  readonly members: readonly Member[];
  /** What each member that answers says of itself. */
  readonly statuses: ReadonlyMap<string, MemberStatus>;
}

/** A reading, sorted. */
export interface Sorted {
  readonly hosts: ReadonlyMap<string, HostRecords>;
  readonly idealSize: number | undefined;
  /** The members that are to be forgotten, and whose they are. */
  readonly forgotten: ReadonlyMap<string, string>;
  readonly operation: { readonly value: MembershipChange; readonly revision: number } | undefined;
  /** There is a journal entry, but not one that can be read. */
  readonly strangeOperation: StoreEntry | undefined;
  readonly leader: StoreEntry | undefined;
}

/** Sorts what was read by what it means. */
export function sortEntries(entries: readonly StoreEntry[]): Sorted {
  const hosts = new Map<string, HostRecords>();
  const of = (host: string) => {
    const records = hosts.get(host) ?? {};
    hosts.set(host, records);
    return records;
  };
  const forgotten = new Map<string, string>();
  let idealSize: number | undefined;
  for (const { key, value, modRevision: revision, createRevision, lease } of entries) {
    const parsed = parseKey(key);
    if (lease === undefined && isLeased(parsed)) continue;
    if (parsed?.type === "idealSize") idealSize = readIdealSize(value);
    else if (parsed?.type === "live") {
      of(parsed.host).live = true;
      assign(of(parsed.host), "run", read.live(value));
    } else if (parsed?.type === "claim") assign(of(parsed.host), "claim", read.claim(value));
    else if (parsed?.type === "forgotten") {
      forgotten.set(parsed.memberId, read.forgotten(value)?.host ?? parsed.memberId);
    } else if (parsed?.type === "volunteer") {
      assign(of(parsed.host), "volunteer", read.volunteer(value));
      of(parsed.host).offerRevision = createRevision;
    } else if (parsed?.type === "status") assign(of(parsed.host), "status", read.status(value));
    else if (parsed?.type === "nominated") {
      const record = read.nomination(value);
      assign(of(parsed.host), "nomination", record && { record, revision });
    } else if (parsed?.type === "backoff") {
      const record = read.backoff(value);
      assign(of(parsed.host), "backoff", record && { record, revision });
    }
  }
  for (const records of hosts.values()) {
    if (isAsked(records)) records.live = false;
    withOffer(records);
  }
  const journal = entries.find((entry) => entry.key === operationKey());
  const operation = read.operation(journal?.value);
  return {
    hosts,
    idealSize,
    forgotten,
    operation: operation && journal && { value: operation, revision: journal.modRevision },
    strangeOperation: operation === undefined ? journal : undefined,
    leader: entries.find((entry) => entry.key === leaderKey()),
  };
}

/** The next run of an agent waits for the last one to be over: what that said of itself is old. */
function isAsked({ run, claim }: HostRecords): boolean {
  return run !== undefined && claim !== undefined && claim.id === run.id &&
    claim.nonce !== run.nonce && run.answered?.includes(claim.nonce) !== true;
}

/**
 * Who takes back its offer says so in its status. An offer that was overwritten or removed by hand is
 * written again in a moment: until then nobody is taken for one who has withdrawn.
 */
function withOffer(records: HostRecords): void {
  const { live, status, volunteer } = records;
  if (live !== true || volunteer !== undefined || status?.peerUrls === undefined) return;
  records.volunteer = { clientUrls: status.clientUrls ?? [], peerUrls: status.peerUrls };
}

/** A host writes that with its lease: without one it is nobody's, and would stay for ever. */
function isLeased(parsed: ParsedKey | undefined): boolean {
  return parsed?.type === "live" || parsed?.type === "volunteer" || parsed?.type === "status" ||
    parsed?.type === "claim";
}

function assign<K extends keyof HostRecords>(
  records: HostRecords,
  key: K,
  value: HostRecords[K],
): void {
  if (value !== undefined) records[key] = value;
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
    viewHost(host, records, observations, now)
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
    ...(lagSince === undefined ? {} : { lagSince }),
    ...(since === undefined ? {} : { nomination: { since, current } }),
    ...(failsSince === undefined ? {} : { failsSince }),
    ...(unclaimedSince === undefined ? {} : { unclaimedSince }),
    ...(forgotten ? { forgotten } : {}),
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
  observations: Observations,
  now: number,
): ViewHost {
  const { backoff, volunteer, offerRevision, status } = records;
  const revision = backoff?.revision;
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
    ...(status?.unfit === undefined ? {} : { unfit: status.unfit }),
    ...(since === undefined ? {} : timed(since, backoff?.record.forMs ?? 0)),
    ...(backoff === undefined ? {} : { backoffWhy: backoff.record.reason }),
  };
}

function timed(since: number, backoffMs: number): Pick<ViewHost, "backoffUntil" | "backoffMs"> {
  return { backoffUntil: since + backoffMs, backoffMs };
}
