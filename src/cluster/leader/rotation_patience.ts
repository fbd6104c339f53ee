/**
 * How long a host that is away is still waited for while a cluster replaces its authority. The record has
 * what is left of that, and each leader takes off what it has counted by its own clock: so a new leader,
 * which every step brings where members start anew, does not begin to count anew.
 *
 * @module
 */

import type { RotationRecord } from "../store/records.ts";

/** A host that may be waited for. */
export interface AwaitedHost {
  readonly host: string;
  readonly live: boolean;
  readonly isMember: boolean;
  /** Since when the leader counts that it is away, by its own clock; what was counted before is in the record. */
  readonly awaySince?: number;
}

/** A leader that ends loses at most so many parts of one of what it has counted. */
const NOTES = 10;

/** How often what is left is written down. */
export function noteEveryMs(deadMs: number): number {
  return deadMs / NOTES;
}

/** For how long it is waited for, in ms: none where that is over, without end where it is there or a member. */
export function patienceLeft(
  { host, live, isMember, awaySince }: AwaitedHost,
  { patience }: RotationRecord,
  now: number,
  deadMs: number,
): number {
  if (live || isMember) return Infinity;
  const before = Math.min(deadMs, patience?.[host] ?? deadMs);
  return Math.max(0, before - (now - (awaySince ?? now)));
}

/** The record that is to be: when a host goes away, now and then, when that is over, and when it is back. */
export function notedPatience(
  record: RotationRecord,
  hosts: readonly AwaitedHost[],
  now: number,
  deadMs: number,
): RotationRecord | undefined {
  if (record.step === "done" || record.step === "asked" || deadMs === Infinity) return undefined;
  const { patience: before = {}, ...rest } = record;
  const patience: Record<string, number> = {};
  let isDue = false;
  for (const host of hosts) {
    const left = Math.round(patienceLeft(host, record, now, deadMs));
    if (left === Infinity) continue;
    const last = before[host.host] ?? Infinity;
    isDue ||= last - left >= noteEveryMs(deadMs) || left === 0 && last > 0;
    patience[host.host] = left;
  }
  // Who is back, or was forgotten, is no more among them.
  isDue ||= Object.keys(before).some((host) => patience[host] === undefined);
  return isDue ? { ...rest, patience } : undefined;
}
