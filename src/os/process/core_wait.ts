/**
 * How busy the machine is for this process.
 *
 * @module
 */

/** How long this process has waited for a core since its start, in milliseconds; 0 where nobody knows. */
export function waitedForCoreMs(): number {
  try {
    const [, waitedNs] = Deno.readTextFileSync("/proc/self/schedstat").split(" ");
    return Number(waitedNs ?? 0) / 1e6 || 0;
  } catch {
    return 0;
  }
}
