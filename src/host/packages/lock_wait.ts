/**
 * Waiting for another package tool. The locks of dpkg and rpm tell nobody when they are free, so this
 * is one of the few places that look again and again.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { readProcess } from "../process/table.ts";
import type { PackageHost } from "./tools.ts";

const LOOK_MS = 50;

/** Somebody else works with the packages. */
export interface LockHolder {
  /** Undefined where the tool does not say. */
  readonly pid: number | undefined;
  /** The holder's name, or that of the lock. */
  readonly what: string;
}

/** Waits until the holder of a lock has ended, at most so long: it may give the lock back and go on. */
export async function waitForHolder(
  { clock }: PackageHost,
  { pid }: LockHolder,
  atMostMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const endMs = clock.nowMs() + atMostMs;
  do {
    await clock.sleep(LOOK_MS, signal);
    if (signal?.aborted) return;
    const holder = pid === undefined ? undefined : readProcess(pid);
    if (pid !== undefined && (holder === undefined || holder.over)) return;
  } while (clock.nowMs() < endMs);
}

/** Who is waited for, as words: `waits for the lock of apt-get (pid 7)`. */
export function waitingFor({ pid, what }: LockHolder): string {
  if (pid === undefined) return `waits for the lock of ${what.replace(/ lock$/, "")}`;
  return `waits for the lock of ${programOf(pid) ?? what.replace(/ lock$/, "")} (pid ${pid})`;
}

/** dpkg tells only the number. */
function programOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return undefined;
  }
}
