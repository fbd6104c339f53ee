/**
 * How the agent is, in one line.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import type { Recap } from "../engine/event.ts";
import { names, second } from "../base/words.ts";

/** What a status line is made of. */
export interface Status {
  /** The graph file as the user named it. */
  readonly file: string;
  /** The name of the graph in force. */
  readonly graph?: string;
  readonly recap?: Recap;
  /** Keys of the resources at work. */
  readonly working?: readonly string[];
  /** Keys of those that wait for their turn, for a semaphore for instance. */
  readonly waiting?: readonly string[];
  /** The file has mistakes now, so the graph that was read before stays in force. */
  readonly refused?: boolean;
  /** It has mistakes since the start, so what is in force is a reading of an earlier run, of then. */
  readonly lastGoodOf?: string | undefined;
  readonly stopping?: boolean;
  /** Since when there is no contact with the cluster, by the wall clock. */
  readonly lostSinceMs?: number | undefined;
  /** Why this host has no part in its cluster. */
  readonly outcast?: string | undefined;
}

/** How many resources are named. */
const NAMED = 3;
/** Longer ones are cut: some readers have one line for it. */
const LENGTH = 250;

/** For instance `web: 12 ok, 1 failed; working on Exec[a]`. */
export function statusLine(status: Status): string {
  const { file, graph, recap, working = [], waiting = [], refused, stopping, lostSinceMs } = status;
  const { lastGoodOf, outcast } = status;
  const parts: string[] = [];
  if (graph === undefined) parts.push(`Starts with ${file}`);
  else if (recap !== undefined) parts.push(`${graph}: ${counts(recap)}`);
  if (working.length > 0) {
    parts.push(`${stopping ? "stops, and waits for" : "working on"} ${names(working, NAMED)}`);
  } else if (stopping) parts.push("stops");
  // A stop ends all waits.
  if (waiting.length > 0 && !stopping) {
    parts.push(`${names(waiting, NAMED)} ${waiting.length === 1 ? "waits" : "wait"}`);
  }
  if (lastGoodOf !== undefined) {
    parts.push(`the graph file is broken: its last good reading, of ${second(lastGoodOf)}, runs`);
  } else if (refused) parts.push("the graph file has mistakes: the graph before stays in force");
  if (lostSinceMs !== undefined) {
    const at = new Date(lostSinceMs).toISOString().slice(0, 16).replace("T", " ");
    parts.push(`no contact with the cluster since ${at}Z`);
  }
  if (outcast !== undefined) parts.push(`no part in the cluster: ${outcast}`);
  return cut(printable(parts.join("; ")));
}

function counts({ ok, changed, failed, held, contested, noop }: Recap): string {
  const said = Object.entries({ changed, failed, held, contested, noop })
    .filter(([, count]) => count > 0).map(([state, count]) => `, ${count} ${state}`);
  return `${ok} ok${said.join("")}`;
}

function cut(text: string): string {
  return text.length <= LENGTH ? text : `${text.slice(0, LENGTH - 1)}…`;
}
