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
export interface Leader {
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

/** Ends them all; the result is how many processes did not go. */
export async function endTree(leader: Leader, clock: Clock): Promise<number> {
  let left = await signalTree(leader, ["SIGTERM", "SIGCONT"]);
  const graceEndMs = clock.nowMs() + LIMITS.killGraceMs;
  while (clock.nowMs() < graceEndMs) {
    if (!left.some(isAlive)) {
      left = await members(leader);
      if (left.length === 0) return 0;
      // Started in the meantime, by one that was about to go.
      for (const { pid } of left) sendSignal(pid, "SIGTERM");
    }
    await clock.sleep(POLL_MS);
  }
  const deadlineMs = clock.nowMs() + KILL_DEADLINE_MS;
  do {
    left = await signalTree(leader, ["SIGKILL"]);
    if (left.length === 0) return 0;
    await clock.sleep(POLL_MS);
  } while (clock.nowMs() < deadlineMs);
  return (await members(leader)).length;
}

async function signalTree(
  leader: Leader,
  signals: readonly ("SIGTERM" | "SIGCONT" | "SIGKILL")[],
): Promise<readonly ProcessEntry[]> {
  const found = await members(leader);
  const ownGroup = found.some(({ group }) => group === leader.pid);
  for (const signal of signals) {
    // One call reaches all of the group at once, so that none can start another in between.
    if (ownGroup) sendSignal(-leader.pid, signal);
    for (const { pid, group } of found) if (group !== leader.pid) sendSignal(pid, signal);
  }
  return found;
}

/** The child and all it started, as far as they still run. */
async function members(leader: Leader): Promise<readonly ProcessEntry[]> {
  const table = await processTable();
  if (table === undefined) return withoutTable(leader);
  const found = new Map<number, ProcessEntry>();
  const children = Map.groupBy(table, ({ parent }) => parent);
  const add = (entry: ProcessEntry): void => {
    if (found.has(entry.pid)) return;
    found.set(entry.pid, entry);
    for (const child of children.get(entry.pid) ?? []) add(child);
  };
  for (const entry of table) {
    if (entry.started < (leader.started ?? 0) || entry.pid === Deno.pid) continue;
    const belongs = entry.session === leader.pid || entry.group === leader.pid ||
      hasInEnvironment(entry.pid, leader.mark);
    if (belongs) add(entry);
  }
  return [...found.values()].filter(({ over }) => !over);
}

/** Without /proc there is only the group, and whether it still takes signals. */
function withoutTable({ pid, isOver }: Leader): readonly ProcessEntry[] {
  if (isOver() && !sendSignal(-pid, 0)) return [];
  return [{ pid, parent: Deno.pid, group: pid, session: pid, started: 0, over: false }];
}
