/**
 * How the hosts of a cluster are, as a table for people and an object for programs.
 *
 * @module
 */

import { ageOf, isTime } from "../base/age.ts";
import { tableText } from "../base/table.ts";
import { count, names } from "../base/words.ts";
import type { ClusterStatus, HostStatus } from "../cluster/admin/cluster_status.ts";

/** How a host stands, the worst first; `unknown`: it is an older program, or has just begun. */
const STANDINGS = ["silent", "failing", "held", "working", "unknown", "converged"] as const;

/** How many hosts are named. */
const NAMED = 5;
/** Characters of a cell. */
const CELL_MOST = 64;

type HostStanding = (typeof STANDINGS)[number];

/** What `mgmt status --fleet` prints: counts, and then a line a host, the worst first. */
export function fleetText(fleet: ClusterStatus, nowMs: number): string {
  const hosts = ownHosts(fleet);
  const rows = hosts.map((host) => {
    // What one that is silent said last counts no more.
    const runs = host.live ? host.runs : undefined;
    return [
      cell(host.host),
      standingOfHost(host),
      runs === undefined ? "-" : String(runs.failed),
      runs === undefined ? "-" : String(runs.held),
      runs === undefined ? "-" : sinceText(runs.since, nowMs),
      runs === undefined ? "-" : cell(runs.version),
      host.live ? host.role : `${host.role}, silent`,
    ];
  });
  const head = ["HOST", "IS", "FAILED", "HELD", "SINCE", "VERSION", "CLUSTER"];
  const untold = untoldText(fleet);
  return `${fleetCounts(fleet)}\n${tableText([head, ...rows])}${
    untold === undefined ? "" : `${untold}\n`
  }`;
}

/** Which hosts are there and do not say how they are, as a sentence; undefined: all do. */
export function untoldText(fleet: ClusterStatus): string | undefined {
  const untold = ownHosts(fleet).filter((host) => standingOfHost(host) === "unknown")
    .map(({ host }) => cell(host));
  if (untold.length === 0) return undefined;
  const [does, runs, has] = untold.length === 1
    ? ["does", "it runs", "has"]
    : ["do", "they run", "have"];
  return `${
    names(untold, NAMED)
  } ${does} not tell: ${runs} an older mgmt, or ${has} no graph in force yet`;
}

/** Whether all that keeps a fleet from having converged is that some hosts do not say how they are. */
export function onlyUntold(fleet: ClusterStatus): boolean {
  const standings = new Set(ownHosts(fleet).map(standingOfHost));
  const others = standings.difference(new Set<HostStanding>(["converged", "unknown"]));
  return standings.has("unknown") && others.size === 0;
}

/** `33 hosts: 1 silent, 2 failing, 30 converged`. */
export function fleetCounts(fleet: ClusterStatus): string {
  const hosts = ownHosts(fleet);
  const counts = STANDINGS.map((standing) =>
    [standing, hosts.filter((host) => standingOfHost(host) === standing).length] as const
  ).filter(([, number]) => number > 0).map(([standing, number]) => `${number} ${standing}`);
  const said = counts.length === 0 ? "" : `: ${counts.join(", ")}`;
  return `${count(hosts.length, "host")}${said}`;
}

/** The same for programs. */
export function fleetObject(fleet: ClusterStatus): string {
  const hosts = ownHosts(fleet).map((host) => {
    const runs = host.live ? host.runs : undefined;
    return {
      host: host.host,
      is: standingOfHost(host),
      live: host.live,
      role: host.role,
      converged: runs?.converged ?? null,
      failed: runs?.failed ?? null,
      held: runs?.held ?? null,
      since: runs === undefined || !isTime(runs.since) ? null : new Date(runs.since).toISOString(),
      version: runs?.version ?? null,
    };
  });
  const { clusterId } = fleet;
  return JSON.stringify({ version: 1, type: "fleet", clusterId, hosts }) + "\n";
}

/** Whether all hosts are there, and say that they have converged. */
export function hasConverged(fleet: ClusterStatus): boolean {
  const hosts = ownHosts(fleet);
  return hosts.length > 0 && hosts.every((host) => standingOfHost(host) === "converged");
}

/** Not the etcds of others. */
function ownHosts({ hosts }: ClusterStatus): readonly HostStatus[] {
  const rank = (host: HostStatus) => STANDINGS.indexOf(standingOfHost(host));
  return hosts.filter(({ whose, leftExports }) => whose === "ours" && leftExports !== true)
    .toSorted((one, other) => rank(one) - rank(other) || (one.host < other.host ? -1 : 1));
}

function standingOfHost({ live, runs }: HostStatus): HostStanding {
  if (!live) return "silent";
  if (runs === undefined) return "unknown";
  if (runs.converged) return "converged";
  if (runs.failed > 0) return "failing";
  return runs.held > 0 ? "held" : "working";
}

/** Anybody may write to the store: no host makes the table wider than a screen. */
function cell(text: string): string {
  return text.length <= CELL_MOST ? text : `${text.slice(0, CELL_MOST - 1)}…`;
}

function sinceText(atMs: number, nowMs: number): string {
  if (!isTime(atMs)) return "-";
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")}Z (${ageOf(nowMs - atMs)})`;
}
