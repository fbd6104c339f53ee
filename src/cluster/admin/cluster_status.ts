/**
 * What can be asked of a cluster from outside: who is in it, and how it is doing. Nothing of it is
 * written; what the leader does follows from the same view that it decides from.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { sortEntries } from "../leader/sorted_entries.ts";
import { makeView, Observations } from "../leader/view_builder.ts";
import { decide } from "../leader/decide.ts";
import { idealSizeKey, parseKey, prefixRange, statusKey } from "../store/keys.ts";
import { type FleetElection, partElections } from "../leader/elections.ts";
import { type FleetSemaphore, readPlaces, semaphoresOf } from "../leader/places.ts";
import {
  DEFAULT_SIZE,
  type LeaderRecord,
  read,
  type ShownCertificate,
  type StatusRecord,
  unreadableSize,
} from "../store/records.ts";
import type { RunsRecord } from "../store/runs_record.ts";
import type { Member, MemberStatus, Store, StoreEntry } from "../store/store.ts";
import { readControl } from "./control_entries.ts";
import { type RotationStatus, rotationStatus } from "./rotating.ts";
import type { Fill } from "../../base/store_fill.ts";
import { fillOf } from "../leader/upkeep.ts";
import {
  isStray,
  mayFail,
  PATIENCE,
  type TimeLimits,
  type View,
  type ViewMember,
} from "../leader/view.ts";

/** One host of a cluster; a member that is not of ours has no host's name but its own. */
export interface HostStatus {
  readonly host: string;
  /** The identity it has its name with; undefined: it is silent. */
  readonly hostId?: string;
  readonly role: "voter" | "learner" | "client";
  readonly memberId?: string;
  /** It leads etcd. */
  readonly leadsEtcd: boolean;
  /** It decides over the members. */
  readonly decides: boolean;
  /** It says that it is there. */
  readonly live: boolean;
  /** Its etcd answers. */
  readonly answers: boolean;
  readonly etcd: StatusRecord["etcd"];
  /** Why its etcd failed. */
  readonly reason?: string;
  /** Why it did not become a member when it was asked last; absent: it did, or was not asked. */
  readonly failed?: string;
  readonly clientUrls: readonly string[];
  /** Since when it is what it is, in milliseconds since 1970 by its own clock. */
  readonly sinceMs?: number;
  readonly domain?: string;
  readonly volunteers: boolean;
  /** Where it would run etcd; absent: it does not offer to. */
  readonly offeredUrls?: readonly string[];
  /** Its database's file; undefined: it does not say. */
  readonly databaseBytes?: number;
  /** What its etcd complains of, for instance `NOSPACE`. */
  readonly alarms: readonly string[];
  /** A host of mgmt, an etcd of others, or a voter that was added by hand and never started. */
  readonly whose: "ours" | "others" | "nobody's";
  /** What it shows, as it says; absent: it says nothing, or its cluster is plain text. */
  readonly certificate?: ShownCertificate;
  /** So many of the hosts that were cast out it refuses, and why it keeps connections of those open. */
  readonly refuses?: number;
  readonly keepsOpen?: string;
  /** How its resources are; absent: it is silent, or an older program. */
  readonly runs?: RunsRecord;
  /** What it was let in as, where the cluster speaks TLS. */
  readonly trust?: "server" | "agent";
  /** It is gone, and what it exported is still there. */
  readonly leftExports?: boolean;
}

/** A cluster as it was seen. */
export interface ClusterStatus {
  readonly clusterId: string;
  /** Members first. */
  readonly hosts: readonly HostStatus[];
  /** Undefined: what is written down cannot be read, and only the leader knows what it wants. */
  readonly idealSize?: number;
  readonly voters: number;
  /** So many of the voters may fail. */
  readonly mayFail: number;
  /** The host that decides. */
  readonly leader?: string;
  readonly leaderSinceMs?: number;
  /** What the leader does next, and why. */
  readonly doing: string;
  /** How full the store is; undefined: no member says. */
  readonly fill?: Fill;
  /** The semaphores of the fleet that somebody holds or waits for. */
  readonly semaphores: readonly FleetSemaphore[];
  /** The elections that hosts stand for. */
  readonly elections: readonly FleetElection[];
  readonly rotation?: RotationStatus;
}

const PAGE = 500;
/** A member that does not answer must not cost the whole time. */
const STATUS_MS = 1500;

/** Asks the store and each member. */
export async function readClusterStatus(
  store: Store,
  deadlineMs: number,
): Promise<Result<ClusterStatus>> {
  const options = { deadlineMs };
  const members = await store.members(options);
  if (!members.ok) return members;
  const read = await readControl(store, options);
  if (!read.ok) return read;
  const entries = read.value;
  const statuses = await statusesOf(store, members.value.members);
  return ok(clusterStatusOf(members.value.clusterId, members.value.members, entries, statuses));
}

/** What each member that answers says of itself. */
export async function statusesOf(
  store: Store,
  members: readonly Member[],
): Promise<ReadonlyMap<string, MemberStatus>> {
  const statuses = new Map<string, MemberStatus>();
  await Promise.all(members.map(async ({ id, clientUrls: [clientUrl] }) => {
    if (clientUrl === undefined) return;
    const status = await store.status(clientUrl, { deadlineMs: STATUS_MS });
    if (status.ok && status.value.memberId === id) statuses.set(id, status.value);
  }));
  return statuses;
}

/** Puts together what was read. */
export function clusterStatusOf(
  clusterId: string,
  members: readonly Member[],
  entries: readonly StoreEntry[],
  statuses: ReadonlyMap<string, MemberStatus>,
): ClusterStatus {
  const sorted = sortEntries(entries);
  const leader = read.leader(sorted.leader?.value);
  const unreadable = sizeProblem(entries, sorted.idealSize);
  const memory = {
    self: leader?.host ?? "",
    idealSize: DEFAULT_SIZE,
    addRefused: false,
    pausedUntil: undefined,
  };
  const reading = { entries, members, statuses };
  const view = makeView(reading, sorted, new Observations(), memory, 0);
  const roles = rolesIn(entries);
  const site: HostSite = {
    view,
    leader,
    members,
    ids: identities(entries),
    records: sorted.hosts,
    roles,
    hasTrust: roles.size > 0 ||
      [...sorted.hosts.values()].some(({ status }) => status?.certificate !== undefined),
    etcdLeader: [...statuses.values()].find((each) => each.leaderId !== undefined)?.leaderId,
  };
  const running = view.members.map((member, index) =>
    memberRow(site, member, members[index]!, statuses.get(member.id))
  );
  const fill = fillOf(statuses.values(), members);
  const named = new Set(running.map(({ host }) => host));
  const clients = view.hosts.filter(({ host }) => !named.has(host))
    .filter(({ host }) => site.ids.has(host) || sorted.hosts.get(host)?.status !== undefined)
    .map(({ host }) => clientRow(site, host));
  return {
    clusterId,
    hosts: [...running.sort(byName), ...clients.sort(byName)],
    ...(unreadable === undefined ? { idealSize: view.idealSize } : {}),
    voters: view.members.filter(({ learner }) => !learner).length,
    mayFail: Math.max(0, mayFail(view.members)),
    ...(leader === undefined ? {} : { leader: leader.host }),
    ...(leader?.since === undefined ? {} : { leaderSinceMs: leader.since }),
    doing: leader === undefined
      ? "nobody decides at the moment"
      : unreadable ?? decide(view, 0, patienceOf(leader)).reason,
    ...(fill === undefined ? {} : { fill }),
    ...partElections(semaphoresOf(readPlaces(entries))),
    ...rotationStatus({ entries, view, leader: leader?.host }),
  };
}

/** Why nobody but the leader can tell what it does next: it goes by its own flag. */
function sizeProblem(entries: readonly StoreEntry[], size: number | undefined): string | undefined {
  const entry = entries.find(({ key }) => key === idealSizeKey());
  if (size !== undefined || entry === undefined) return undefined;
  const { key, value } = entry;
  return `${
    unreadableSize(key, value)
  }: correct it (mgmt cluster size NUMBER) to see what comes next`;
}

/** By what the leader was started with; it is asked what it does next, not how long it waits to. */
function patienceOf({ deadMs = PATIENCE.deadMs }: LeaderRecord): TimeLimits {
  return { ...PATIENCE, deadMs, gatherMs: 0 };
}

interface HostSite {
  readonly view: View;
  readonly leader: LeaderRecord | undefined;
  readonly members: readonly Member[];
  readonly ids: ReadonlyMap<string, string>;
  readonly records: ReturnType<typeof sortEntries>["hosts"];
  /** What hosts were let in as, by the cluster's word. */
  readonly roles: ReadonlyMap<string, "server" | "agent">;
  /** The cluster speaks TLS: only who has the server role can be a member. */
  readonly hasTrust: boolean;
  readonly etcdLeader: string | undefined;
}

function rolesIn(entries: readonly StoreEntry[]): ReadonlyMap<string, "server" | "agent"> {
  return new Map(entries.flatMap(({ key, value }) => {
    const parsed = parseKey(key);
    const role = parsed?.type === "binding" ? read.binding(value)?.role : undefined;
    if (parsed?.type !== "binding" || role === undefined) return [];
    return [[parsed.host, role === "host" ? "agent" : "server"] as const];
  }));
}

/** The identity of each host that is there. */
function identities(entries: readonly StoreEntry[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { key, value, lease } of entries) {
    const parsed = parseKey(key);
    if (parsed?.type === "live" && lease !== undefined) {
      ids.set(parsed.host, read.live(value)?.id ?? "");
    }
  }
  return ids;
}

function memberRow(
  site: HostSite,
  seen: ViewMember,
  { id, name, clientUrls }: Member,
  said: MemberStatus | undefined,
): HostStatus {
  const host = seen.host ?? (name || id);
  const row = hostRow(site, host, clientUrls);
  const isServer = row.trust === undefined && !row.live && site.hasTrust && seen.host !== undefined;
  return {
    ...row,
    ...(isServer ? { trust: "server" } : {}),
    role: seen.learner ? "learner" : "voter",
    memberId: id,
    leadsEtcd: id === site.etcdLeader,
    answers: seen.answers,
    ...(said === undefined ? {} : { databaseBytes: said.databaseBytes }),
    alarms: said?.alarms ?? [],
    whose: isStray(seen) ? "nobody's" : seen.host === undefined ? "others" : "ours",
  };
}

function clientRow(site: HostSite, host: string): HostStatus {
  return {
    ...hostRow(site, host, []),
    // Where its etcd would be, or was a moment ago: nobody can ask the cluster there.
    clientUrls: [],
    role: "client",
    leadsEtcd: false,
    answers: false,
    alarms: [],
    whose: "ours",
  };
}

function hostRow(
  { records, ids, leader, roles }: HostSite,
  host: string,
  clientUrls: readonly string[],
): Omit<HostStatus, "role" | "leadsEtcd" | "answers" | "alarms" | "whose"> {
  const { status, volunteer, backoff } = records.get(host) ?? {};
  const hostId = ids.get(host);
  const role = roles.get(host);
  // One that is there says what it shows; one that is silent is what it was let in as.
  const isKnown = role === "agent" || hostId === undefined && role !== undefined;
  const trust = isKnown ? role : status?.certificate && "server";
  return {
    host,
    ...(hostId === undefined ? {} : { hostId }),
    decides: leader?.host === host,
    live: hostId !== undefined,
    etcd: status?.etcd ?? "none",
    ...(status?.reason === undefined ? {} : { reason: status.reason }),
    ...(backoff === undefined ? {} : { failed: backoff.record.reason }),
    clientUrls: status?.clientUrls ?? clientUrls,
    ...(status?.since === undefined ? {} : { sinceMs: status.since }),
    ...(status?.domain === undefined ? {} : { domain: status.domain }),
    ...(status?.certificate === undefined ? {} : { certificate: status.certificate }),
    ...(trust === undefined ? {} : { trust }),
    ...(status?.runs === undefined ? {} : { runs: status.runs }),
    ...(status?.refuses === undefined ? {} : { refuses: status.refuses }),
    ...(status?.keepsOpen === undefined ? {} : { keepsOpen: status.keepsOpen }),
    volunteers: volunteer !== undefined,
    ...(volunteer === undefined ? {} : { offeredUrls: volunteer.clientUrls }),
  };
}

function byName(one: HostStatus, other: HostStatus): number {
  return one.host < other.host ? -1 : one.host > other.host ? 1 : 0;
}

/**
 * Asks, and once more where only a learner answered: that decides nothing, but knows who does. The
 * store must be the asker's own.
 */
export async function askAround<T>(
  store: Store,
  ask: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const answer = await ask();
  if (answer.ok || answer.failure.code !== "learner") return answer;
  const page = await store.list(prefixRange(statusKey("")), {
    deadlineMs: STATUS_MS,
    limit: PAGE,
    serializable: true,
  });
  const entries = page.ok ? page.value.entries : [];
  const urls = entries.flatMap(({ value }) => read.status(value)?.clientUrls ?? []);
  if (urls.length === 0) return answer;
  store.setEndpoints([...new Set(urls)]);
  return await ask();
}
