/**
 * Asking until the answer is yes, where no event tells.
 *
 * @module
 */

const PAUSE_MIN_MS = 10;
/** So many times as long as a question takes nobody asks: others need the cores, too. */
const REST = 3;

/** Whether a question was answered with yes within the time. */
export async function isSoon(
  question: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const startMs = performance.now();
    if (await question()) return true;
    const nowMs = performance.now();
    if (nowMs > endMs) return false;
    const pauseMs = Math.max(PAUSE_MIN_MS, REST * (nowMs - startMs));
    await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, 1000)));
  }
}
