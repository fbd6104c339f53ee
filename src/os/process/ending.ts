/**
 * Ending a child and all it started: SIGTERM, a grace, SIGKILL.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Clock } from "../clock.ts";
import { sendSignal } from "./send_signal.ts";
import { hasInEnvironment, isAlive, type ProcessEntry, processTable } from "./table.ts";

/** The child that leads a process group and session. */
export interface SessionLeader {
  readonly pid: number;
  /** Its start in clock ticks, if it could be read before it was gone. */
  readonly started: number | undefined;
  /** What only this child and those it started have in their environment: `NAME=value`. */
  readonly mark: string;
  /** Whether it has been seen to end. */
  readonly isOver: () => boolean;
}

/** How often it is looked whether they are gone. */
const POLL_MS = 10;
/** What even SIGKILL does not end within this time waits for a device or a mount. */
const KILL_DEADLINE_MS = 1000;
/** So long they are chased that start others faster than all can be listed, as on a busy machine. */
const CHASE_MS = 20_000;
/** How often none has to be found, and how often where each look so far found others. */
const EMPTY_LOOKS = 2;
const EMPTY_LOOKS_OF_CHASE = 6;

/** How often one looks again when a process cannot be told from one of theirs: it is being started. */
const UNSURE_LOOKS = 20;

/** The child and all it started, as far as they still run. */
interface SessionMembers {
  readonly found: readonly ProcessEntry[];
  /** There are processes of which one cannot say, because they are just being started. */
  readonly unsure: boolean;
}

/** Ends them all; the result is how many processes did not go. */
export async function endTree(leader: SessionLeader, clock: Clock): Promise<number> {
  let unsureLooks = 0;
  let emptyLooks = 0;
  let chased = 0;
  // More than once, because a list that is read while they start each other can miss the last one.
  const areGone = ({ found, unsure }: SessionMembers): boolean => {
    if (found.length > 0) unsureLooks = emptyLooks = 0;
    else if (!unsure) emptyLooks++;
    else unsureLooks++;
    const wanted = chased > 1 ? EMPTY_LOOKS_OF_CHASE : EMPTY_LOOKS;
    return emptyLooks >= wanted || unsureLooks > UNSURE_LOOKS;
  };
  let { found } = await signalTree(leader, ["SIGTERM", "SIGCONT"]);
  const asked = new Set(found.map(nameOf));
  const graceEndMs = clock.nowMs() + LIMITS.killGraceMs;
  while (clock.nowMs() < graceEndMs) {
    if (!found.some(isAlive)) {
      const left = await members(leader);
      if (areGone(left)) return 0;
      found = left.found;
      // Others may have been started in the meantime. Nobody is asked twice: some take it for "now".
      const others = found.filter((entry) => !asked.has(nameOf(entry)));
      for (const { pid } of others) sendSignal(pid, "SIGTERM");
      for (const entry of others) asked.add(nameOf(entry));
      if (others.length > 0) chased++;
    }
    await clock.sleep(POLL_MS);
  }
  const chaseEndMs = clock.nowMs() + CHASE_MS;
  const killed = new Set<string>();
  let deadlineMs = 0;
  do {
    const left = await signalTree(leader, ["SIGKILL"]);
    if (areGone(left)) return 0;
    const names = left.found.map(nameOf);
    // Who was started meanwhile has its time, too.
    if (deadlineMs === 0 || names.some((name) => !killed.has(name))) {
      deadlineMs = Math.min(clock.nowMs() + KILL_DEADLINE_MS, chaseEndMs);
      chased++;
    }
    for (const name of names) killed.add(name);
    await clock.sleep(POLL_MS);
  } while (clock.nowMs() < deadlineMs);
  return (await members(leader)).found.length;
}

function nameOf({ pid, started }: ProcessEntry): string {
  return `${pid} ${started}`;
}

async function signalTree(
  leader: SessionLeader,
  signals: readonly ("SIGTERM" | "SIGCONT" | "SIGKILL")[],
): Promise<SessionMembers> {
  const all = await members(leader);
  const ownGroup = all.found.some(({ group }) => group === leader.pid);
  for (const signal of signals) {
    // One call reaches all of the group at once, so that none can start another in between.
    if (ownGroup) sendSignal(-leader.pid, signal);
    for (const { pid, group } of all.found) if (group !== leader.pid) sendSignal(pid, signal);
  }
  return all;
}

async function members(leader: SessionLeader): Promise<SessionMembers> {
  const table = await processTable();
  if (table === undefined) return { found: withoutTable(leader), unsure: false };
  const found = new Map<number, ProcessEntry>();
  const children = Map.groupBy(table, ({ parent }) => parent);
  const add = (entry: ProcessEntry): void => {
    if (found.has(entry.pid)) return;
    found.set(entry.pid, entry);
    for (const child of children.get(entry.pid) ?? []) add(child);
  };
  const unknown: number[] = [];
  for (const entry of table) {
    if (entry.started < (leader.started ?? 0) || entry.pid === Deno.pid || entry.over) continue;
    const ours = entry.session === leader.pid || entry.group === leader.pid ||
      hasInEnvironment(entry.pid, leader.mark);
    if (ours === undefined) unknown.push(entry.pid);
    else if (ours) add(entry);
  }
  return {
    found: [...found.values()].filter(({ over }) => !over),
    unsure: unknown.some((pid) => !found.has(pid)),
  };
}

/** Without /proc there is only the group, and whether it still takes signals. */
function withoutTable({ pid, isOver }: SessionLeader): readonly ProcessEntry[] {
  if (isOver() && !sendSignal(-pid, 0)) return [];
  return [{
    pid,
    parent: Deno.pid,
    group: pid,
    session: pid,
    started: 0,
    over: false,
    atWork: true,
  }];
}
