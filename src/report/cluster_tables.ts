/**
 * A cluster for people (lines) and for programs (one object).
 *
 * @module
 */

import { isTime } from "../base/age.ts";
import { shortFingerprint } from "../base/fingerprint.ts";
import { isLoopbackAddress, readAddress } from "../base/address.ts";
import { describeFill, type Fill, FULL_ALARM, isNearlyFull } from "../base/store_fill.ts";
import { tableText } from "../base/table.ts";
import type { ClusterStatus, HostStatus } from "../cluster/admin/cluster_status.ts";
import type { AgentDisk } from "../cluster/agent/io.ts";
import type { FleetElection } from "../cluster/leader/elections.ts";
import type { FleetSemaphore, PlaceHolder } from "../cluster/leader/places.ts";

/** What is known on this host, from its prefix. */
export interface KnownHere {
  readonly identity: AgentDisk | undefined;
  /** Its name, as far as it is known. */
  readonly host: string | undefined;
  readonly collected: { readonly atMs: number; readonly count: number } | undefined;
  /** The fingerprint of the key with which it asks to be let in where a plain cluster becomes TLS. */
  readonly asks?: string;
}

/** The version of the objects that are printed; it grows when something in them changes. */
const VERSION = 1;
/** Hosts that one line names. */
const MOST_NAMED = 5;
/** Characters of a state in the table of all hosts. */
const STATE_LENGTH = 72;

/** What `mgmt members` prints. */
export function membersText(fleet: ClusterStatus): string {
  // In plain text nobody has a certificate, and nobody less rights than others.
  const hasTrust = fleet.hosts.some(({ trust }) => trust !== undefined);
  const rows = fleet.hosts.map((host) => [
    host.host,
    roleOf(host),
    cut(stateOf(host)),
    timeOf(host.sinceMs),
    host.memberId ?? "-",
    host.clientUrls.join(",") || "-",
    host.domain ?? "-",
    ...(hasTrust ? trustCells(host) : []),
  ]);
  const head = ["HOST", "ROLE", "STATE", "SINCE", "MEMBER", "ADDRESS", "DOMAIN"];
  if (hasTrust) head.push("RIGHTS", "CERTIFICATE", "ISSUED");
  return tableText([head, ...rows]);
}

function trustCells({ trust, certificate }: HostStatus): readonly string[] {
  const shown = certificate && shortFingerprint(certificate.fingerprint);
  return [trust ?? "-", shown ?? "-", timeOf(certificate?.issuedAt)];
}

/** The same for programs. */
export function membersObject(fleet: ClusterStatus): string {
  const members = fleet.hosts.map(hostObject);
  const { clusterId, idealSize = null, leader = null } = fleet;
  return line({ version: VERSION, type: "members", clusterId, idealSize, leader, members });
}

/** What `mgmt cluster status` prints. */
export function statusText(fleet: ClusterStatus, here: KnownHere, nowMs: number): string {
  const own = ownHost(fleet, here);
  const learners = fleet.hosts.filter(({ role }) => role === "learner");
  const etcdLeader = fleet.hosts.find(({ leadsEtcd }) => leadsEtcd);
  const members = fleet.hosts.filter(({ role }) => role !== "client").length;
  const missing = members < (fleet.idealSize ?? 0) ? notOffered(fleet) : "";
  return tableText([
    ["this host", own === undefined ? "is not in this cluster" : ownText(own)],
    ...certificateRow(own),
    ...(here.asks === undefined ? [] : [["asks with the key", here.asks]]),
    ["cluster", fleet.clusterId],
    ["traffic", TRAFFIC[trafficOf(fleet)]],
    ["members", `${wantedText(members, fleet.idealSize)}, ${fleet.voters} with a vote${missing}`],
    ["survives", `the loss of ${fleet.mayFail === 0 ? "none" : fleet.mayFail}`],
    ["leader", leaderText(fleet)],
    ["etcd's leader", etcdLeader?.host ?? "none"],
    ["learner", learners.map(({ host }) => host).join(", ") || "none"],
    ["the leader", fleet.doing],
    ...(fleet.rotation === undefined ? [] : [["the authority", fleet.rotation.text]]),
    ["store", fleet.fill === undefined ? "nobody says how full it is" : storeText(fleet.fill)],
    ...fleet.semaphores.map((each) => ["semaphore", semaphoreText(each)]),
    ...fleet.elections.map((each) => ["election", electionText(each)]),
    ["collected", collectedText(here.collected, nowMs)],
  ]);
}

/** The same for programs. */
export function statusObject(fleet: ClusterStatus, here: KnownHere): string {
  const own = ownHost(fleet, here);
  const learners = fleet.hosts.filter(({ role }) => role === "learner").map(({ host }) => host);
  return line({
    version: VERSION,
    type: "cluster",
    clusterId: fleet.clusterId,
    traffic: trafficOf(fleet),
    self: own === undefined ? null : hostObject(own),
    leader: fleet.leader ?? null,
    leaderSince: iso(fleet.leaderSinceMs),
    etcdLeader: fleet.hosts.find(({ leadsEtcd }) => leadsEtcd)?.host ?? null,
    learners,
    members: fleet.hosts.filter(({ role }) => role !== "client").length,
    voters: fleet.voters,
    idealSize: fleet.idealSize ?? null,
    survives: fleet.mayFail,
    doing: fleet.doing,
    rotation: fleet.rotation ?? null,
    store: fleet.fill ?? null,
    semaphores: fleet.semaphores.map(({ name, size, holders, waiters }) => (
      { name, size, holders, waiters }
    )),
    elections: fleet.elections.map(({ name, count, elected, standing }) => (
      { name, count, elected, standing }
    )),
    collectedAt: iso(here.collected?.atMs),
    collected: here.collected?.count ?? null,
  });
}

/** How the members speak: over TLS, or in plain text that other machines reach, or not. */
function trafficOf({ hosts }: ClusterStatus): "tls" | "plain" | "loopback" {
  const at = hosts.filter(({ role }) => role !== "client").flatMap(({ clientUrls }) =>
    clientUrls.flatMap((url) => readAddress(url) ?? [])
  );
  if (at.length > 0 && at.every(({ scheme }) => scheme === "https")) return "tls";
  return at.every(isLoopbackAddress) ? "loopback" : "plain";
}

const TRAFFIC = {
  tls: "TLS, for hosts with a certificate alone",
  plain: "plain text: whoever reaches its ports reads and commands it",
  loopback: "plain text, on this machine alone",
};

/** What this host shows to others. */
function certificateRow(own: HostStatus | undefined): string[][] {
  if (own?.certificate === undefined) return [];
  const { trust = "agent", certificate: { fingerprint, issuedAt } } = own;
  const role = trust === "server" ? "server role" : "no server role";
  return [["certificate", `${shortFingerprint(fingerprint)}, ${role}, of ${timeOf(issuedAt)}`]];
}

/** What `mgmt cluster size` prints for programs. */
export function sizeObject(size: { idealSize: number; before?: number | null }): string {
  return line({ version: VERSION, type: "size", ...size });
}

/** What `mgmt cluster snapshot` prints for programs. */
export function snapshotObject(written: { path: string; bytes: number }): string {
  return line({ version: VERSION, type: "snapshot", ...written });
}

function ownHost(
  { hosts }: ClusterStatus,
  { identity, host }: KnownHere,
): HostStatus | undefined {
  if (identity === undefined) return undefined;
  return hosts.find(({ hostId }) => hostId === identity.id) ??
    hosts.find(({ memberId }) =>
      memberId !== undefined && memberId === identity.member?.memberId
    ) ??
    hosts.find((each) => each.host === host && each.hostId === undefined);
}

function ownText(host: HostStatus): string {
  return [
    `${host.host}: ${roleOf(host)}, ${stateOf(host)}`,
    ...(host.sinceMs === undefined ? [] : [`since ${timeOf(host.sinceMs)}`]),
    ...(host.clientUrls.length === 0 ? [] : [`at ${host.clientUrls.join(", ")}`]),
    ...(host.domain === undefined ? [] : [`failure domain ${host.domain}`]),
  ].join(", ");
}

/** Who has a place, and who waits for one, in the order of their turns. */
function semaphoreText(semaphore: FleetSemaphore): string {
  const { name, size, holders, waiters } = semaphore;
  return [
    `fleet:${name}:${size}, ${holders.length === 0 ? "free" : `held by ${listed(holders)}`}`,
    ...(waiters.length === 0 ? [] : [`waited for by ${listed(waiters)}`]),
    ...(semaphore.sizes.length === 0 ? [] : ["hosts say different sizes"]),
  ].join("; ");
}

/** Who is elected, and who else stands. */
function electionText({ name, count, counts, elected, standing }: FleetElection): string {
  return [
    `${name}, ${elected.length === 0 ? "nobody" : named(elected)} of ${count}`,
    ...(standing.length === 0
      ? []
      : [`${named(standing)} ${standing.length === 1 ? "stands" : "stand"}, too`]),
    ...(counts.length === 0 ? [] : ["hosts say different numbers"]),
  ].join("; ");
}

function listed(all: readonly PlaceHolder[]): string {
  return named(all.map(({ host, resource }) => `${host} (${resource})`));
}

function named(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  return `${names.slice(0, MOST_NAMED).join(", ")}${more}`;
}

function leaderText({ leader, leaderSinceMs }: ClusterStatus): string {
  if (leader === undefined) return "none";
  return leaderSinceMs === undefined ? leader : `${leader} since ${timeOf(leaderSinceMs)}`;
}

function collectedText(collected: KnownHere["collected"], nowMs: number): string {
  if (collected === undefined) return "nothing here";
  const seconds = Math.max(0, Math.round((nowMs - collected.atMs) / 1000));
  return `${collected.count} on this host, changed last ${spanOf(seconds)} ago`;
}

function spanOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} d`;
}

/** Hosts that are there and offer nothing; why some cannot, the leader and mgmt members say. */
function notOffered({ hosts }: ClusterStatus): string {
  const idle = hosts.filter(({ role, live, volunteers }) =>
    role === "client" && live && !volunteers
  );
  const willing = idle.filter(({ reason }) => reason !== undefined);
  const others = idle.filter(({ reason }) => reason === undefined);
  const verb = others.length === 1 ? "does" : "do";
  return namedHosts(willing, "cannot run etcd") +
    namedHosts(others, `${verb} not offer to run etcd`);
}

function namedHosts(hosts: readonly HostStatus[], what: string): string {
  if (hosts.length === 0) return "";
  const more = hosts.length > MOST_NAMED ? ` and ${hosts.length - MOST_NAMED} more` : "";
  const names = hosts.slice(0, MOST_NAMED).map(({ host }) => host);
  return `; ${names.join(", ")}${more} ${what}`;
}

function wantedText(members: number, wanted: number | undefined): string {
  if (wanted === undefined) return `${members}, unknown how many are wanted`;
  return members <= wanted ? `${members} of ${wanted} wanted` : `${members}, ${wanted} wanted`;
}

/** The leader is who decides; etcd has one of its own, which is of interest to few. */
function roleOf({ role, decides }: HostStatus): string {
  return `${role}${decides ? " (leader)" : ""}`;
}

function stateOf(seen: HostStatus): string {
  const { live, role, answers, etcd, reason, alarms } = seen;
  const host = live ? "live" : "silent";
  if (seen.leftExports === true) return `${host}, its exports stay (mgmt forget ${seen.host})`;
  if (seen.whose === "nobody's") {
    return `${host}, added by hand and never started: mgmt forget ${seen.host}`;
  }
  if (role === "client") return reason === undefined ? host : `${host}, runs no etcd: ${reason}`;
  if (answers) return alarms.length === 0 ? host : `${host}, ${alarms.map(alarmText).join(", ")}`;
  if (etcd === "failed") return `${host}, etcd failed${reason === undefined ? "" : `: ${reason}`}`;
  return etcd === "starting" ? `${host}, etcd starts` : `${host}, etcd does not answer`;
}

/** etcd's own word stays: that is what people look for. */
function alarmText(alarm: string): string {
  return alarm === FULL_ALARM ? `store full (${alarm})` : `etcd's alarm ${alarm}`;
}

function storeText(fill: Fill): string {
  const text = describeFill(fill);
  return isNearlyFull(fill) && !fill.full ? `nearly full: ${text}` : text;
}

/** A reason may be a sentence or more: the table stays one, the whole is in status and in JSON. */
function cut(state: string): string {
  return state.length <= STATE_LENGTH ? state : `${state.slice(0, STATE_LENGTH - 1).trimEnd()}…`;
}

function hostObject(host: HostStatus): object {
  const { sinceMs, hostId, memberId, domain, reason, databaseBytes, ...others } = host;
  const { certificate, trust, refuses: _____, keepsOpen: ______, ...more } = others;
  const { whose: _, leftExports: __, failed: ___, offeredUrls: ____, ...rest } = more;
  return {
    ...rest,
    hostId: hostId ?? null,
    memberId: memberId ?? null,
    since: iso(sinceMs),
    domain: domain ?? null,
    reason: reason ?? null,
    databaseBytes: databaseBytes ?? null,
    trust: trust ?? null,
    certificate: certificate === undefined
      ? null
      : { fingerprint: certificate.fingerprint, issuedAt: iso(certificate.issuedAt) },
  };
}

function iso(ms: number | undefined): string | null {
  return ms === undefined || !isTime(ms) ? null : new Date(ms).toISOString();
}

function timeOf(ms: number | undefined): string {
  return ms === undefined || !isTime(ms)
    ? "-"
    : new Date(ms).toISOString().slice(0, 19).replace("T", " ") + "Z";
}

function line(object: object): string {
  return `${JSON.stringify(object)}\n`;
}
