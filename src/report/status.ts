/**
 * How the agent is, in one line.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import type { Recap } from "../engine/event.ts";
import type { Snapshot } from "./state.ts";
import { count, names, second } from "../base/words.ts";
import type { ClusterSnapshot } from "./cluster_state.ts";

/** What a status line is made of. */
export interface Status {
  /** The graph file as the user named it. */
  readonly file: string;
  readonly snapshot: Snapshot;
  /** Keys of the resources at work. */
  readonly working?: readonly string[];
  /** Keys of those that wait for their turn, for a semaphore for instance. */
  readonly waiting?: readonly string[];
}

/** How many resources are named. */
const NAMED = 3;
/** Longer ones are cut: some readers have one line for it. */
const LENGTH = 250;

/** For instance `web: 12 ok, 1 failed; working on Exec[a]`. */
export function statusLine({ file, snapshot, working = [], waiting = [] }: Status): string {
  const stopping = isStopping(snapshot);
  const parts = [howItIs(file, snapshot)];
  if (working.length > 0) {
    parts.push(`${stopping ? "stops, and waits for" : "working on"} ${names(working, NAMED)}`);
  } else if (stopping) parts.push("stops");
  // A stop ends all waits.
  if (waiting.length > 0 && !stopping) {
    parts.push(`${names(waiting, NAMED)} ${waiting.length === 1 ? "waits" : "wait"}`);
  }
  return cut(printable([...parts, ...troubles(snapshot)].join("; ")));
}

/**
 * The same for whoever sees by other rows who works: `web: 12 ok, 3 not done yet; voter of 3
 * members, h1 leads; settled`. `converged`: that was said, and nothing has changed since.
 */
export function statusRow(
  { file, snapshot, converged }: Pick<Status, "file" | "snapshot"> & {
    readonly converged: boolean;
  },
): string {
  const { unchecked, settled, graph } = snapshot;
  const left = unchecked === 0 || graph === undefined ? "" : `, ${unchecked} not done yet`;
  const parts = [
    `${howItIs(file, snapshot)}${left}`,
    ...clusterPart(snapshot.cluster),
    ...troubles(snapshot),
  ];
  if (isStopping(snapshot)) parts.push("stops");
  else if (settled) parts.push(converged ? "converged" : "settled");
  return cut(printable(parts.join("; ")));
}

function isStopping({ phase }: Snapshot): boolean {
  return phase === "stopping" || phase === "stopped";
}

function howItIs(file: string, { graph, recap }: Snapshot): string {
  return graph === undefined ? `Starts with ${file}` : `${graph.name}: ${counts(recap)}`;
}

function clusterPart({ phase, role, members, leader }: ClusterSnapshot): string[] {
  if (phase === undefined) return [];
  if (role === "none") return ["not in its cluster yet"];
  const of = members.length === 0 ? "" : ` of ${count(members.length, "member")}`;
  return [`${role}${of}${leader === undefined ? "" : `, ${leader} leads`}`];
}

function troubles({ refused, lastGoodOf, cluster }: Snapshot): string[] {
  const { lostSinceMs, outcast, insecure } = cluster;
  const parts: string[] = [];
  if (lastGoodOf !== undefined) {
    parts.push(`the graph file is broken: its last good reading, of ${second(lastGoodOf)}, runs`);
  } else if (refused) parts.push("the graph file has mistakes: the graph before stays in force");
  if (lostSinceMs !== undefined) {
    const at = new Date(lostSinceMs).toISOString().slice(0, 16).replace("T", " ");
    parts.push(`no contact with the cluster since ${at}Z`);
  }
  if (insecure) parts.push("its cluster is in plain text (--insecure-plaintext)");
  if (outcast !== undefined) parts.push(`no part in the cluster: ${outcast.message}`);
  return parts;
}

function counts({ ok, changed, failed, blocked, contested, held, noop }: Recap): string {
  const said = Object.entries({ changed, failed, blocked, contested, held, noop })
    .filter(([, count]) => count > 0).map(([state, count]) => `, ${count} ${state}`);
  return `${ok} ok${said.join("")}`;
}

function cut(text: string): string {
  return text.length <= LENGTH ? text : `${text.slice(0, LENGTH - 1)}…`;
}
