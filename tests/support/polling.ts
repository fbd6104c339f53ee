/**
 * Asking until the answer is yes, where no event tells.
 *
 * @module
 */

const PAUSE_MIN_MS = 10;
/** So many times as long as a question takes nobody asks: others need the cores, too. */
const REST = 5;
/** Who has waited for long can wait for this part of it more, up to the most. */
const PART_OF_WAIT = 1 / 20;
const PAUSE_MAX_MS = 25;

/** How long nobody asks again, by how long it has been waited: asking every 5 ms takes 3 % of a core. */
export function pauseMs(waitedMs: number, leastMs: number): number {
  return Math.max(leastMs, Math.min(PAUSE_MAX_MS, waitedMs * PART_OF_WAIT));
}

/** On a busy machine much takes long; who waits for what comes does not notice how long he would have waited. */
const LIMIT_MS = 60_000;

/** Whether a question was answered with yes within the time. */
export async function isSoon(
  question: () => boolean | Promise<boolean>,
  limitMs = LIMIT_MS,
): Promise<boolean> {
  const beginMs = performance.now();
  for (;;) {
    const startMs = performance.now();
    if (await question()) return true;
    const nowMs = performance.now();
    if (nowMs > beginMs + limitMs) return false;
    const restMs = Math.min(REST * (nowMs - startMs), 1000);
    const delayMs = Math.max(restMs, pauseMs(nowMs - beginMs, PAUSE_MIN_MS));
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}
