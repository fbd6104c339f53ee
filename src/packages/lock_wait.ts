/**
 * Waiting for another package tool. The locks of dpkg and rpm tell nobody when they are free, so this
 * is one of the few places that look again and again.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { readProcess } from "../os/process/table.ts";
import type { PackageHost } from "./tools.ts";

/** First so often, then less and less. */
const FIRST_LOOK_MS = 50;
const LAST_LOOK_MS = 1000;
const GROWTH = 1.2;
const LOCKS = "/proc/locks";

/** Somebody else works with the packages. */
export interface PackageLockHolder {
  /** Undefined where the tool does not say. */
  readonly pid: number | undefined;
  /** The holder's name, or that of the lock. */
  readonly what: string;
}

/**
 * Waits until the holder of a lock has ended or given up one of its locks, at most so long: not all
 * locks are the kernel's.
 */
export async function waitForHolder(
  { clock }: PackageHost,
  { pid }: PackageLockHolder,
  atMostMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const endMs = clock.nowMs() + atMostMs;
  const locks = pid === undefined ? [] : locksOf(pid);
  let pauseMs = pid === undefined ? atMostMs : FIRST_LOOK_MS;
  do {
    await clock.sleep(Math.min(pauseMs, endMs - clock.nowMs()), signal);
    if (signal?.aborted) return;
    pauseMs = Math.min(pauseMs * GROWTH, LAST_LOOK_MS);
    if (pid === undefined) continue;
    const holder = readProcess(pid);
    if (holder === undefined || holder.over) return;
    const left = locksOf(pid);
    if (locks.some((lock) => !left.includes(lock))) return;
  } while (clock.nowMs() < endMs);
}

/** The files on which a process has a lock of the kernel, as the kernel names them. */
function locksOf(pid: number): readonly string[] {
  try {
    const lines = readFileSync(LOCKS, "utf8").matchAll(/^\d+: +\S+ +\S+ +WRITE +(\d+) +(\S+)/gm);
    return [...lines].filter(([, holder]) => Number(holder) === pid).map(([, , file = ""]) => file);
  } catch {
    // Then only its end tells.
    return [];
  }
}

/** Who is waited for, as words: `waits for the lock of apt-get (pid 7)`. */
export function waitingFor({ pid, what }: PackageLockHolder): string {
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
