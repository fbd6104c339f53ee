/**
 * How old something is, for people.
 *
 * @module
 */

/** How old what is used without the cluster is, in words. */
export function usedText(ageMs: number | undefined): string {
  return ageMs === undefined
    ? "nothing was collected before"
    : `uses what was collected ${ageOf(ageMs)} ago`;
}

/** A time span in words, for instance `3 min`. */
export function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 48 * 3600
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86400)} d`;
}

/** Whether it can be a date: what anybody may have written need not be. */
export function isTime(ms: number): boolean {
  return Math.abs(ms) < 8e15;
}
