/**
 * Gives memory back after work.
 *
 * V8 looks for garbage when its heap grows, and what a busy hour left stays until the next growth. So
 * once nothing has happened for a while the compiled program collects it (`--expose-gc` in
 * `scripts/build`); where that is not to be had, V8 is left alone. The C library keeps what was freed
 * below something still in use; it is asked for that, too.
 *
 * @module
 */

import type { Clock, Timer } from "../clock.ts";

/** Nothing must have happened for so long: the heap of 10,000 resources takes 35 ms to go through. */
const QUIET_MS = 10_000;
/** A heap that grew less since the last time is not worth it. */
const WORTHWHILE = 1.15;

export interface SpareMemory {
  /** Work was done, so that there may be something to give back. */
  worked(): void;
  /**
   * Somebody was answered: that leaves something, too, but is no reason to wait. (A thousand readings of
   * metrics left 14 MB, most of it buffers, where nothing else happened.)
   */
  answered(): void;
  close(): void;
}

/** Makes it; it does nothing before `worked`. */
export function createSpareMemory(clock: Pick<Clock, "after" | "nowMs">): SpareMemory {
  const collect = (globalThis as { gc?: () => void }).gc;
  let timer: Timer | undefined;
  let workedMs = 0;
  let leastBytes = 0;
  let closed = false;

  function arm(delayMs: number): void {
    timer = clock.after(delayMs, () => {
      timer = undefined;
      const restMs = workedMs + QUIET_MS - clock.nowMs();
      if (restMs > 0) arm(restMs);
      else giveBack();
    });
  }

  function giveBack(): void {
    if (heldBytes() < leastBytes * WORTHWHILE) return;
    collect?.();
    trim();
    leastBytes = heldBytes();
  }

  function mayArm(): void {
    if (collect !== undefined && !closed && timer === undefined) arm(QUIET_MS);
  }

  return {
    worked() {
      workedMs = clock.nowMs();
      mayArm();
    },
    answered: mayArm,
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}

/** The heap, and the buffers that stay beside it until garbage is looked for. */
function heldBytes(): number {
  const { heapTotal, external } = Deno.memoryUsage();
  return heapTotal + external;
}

const SYMBOLS = { malloc_trim: { parameters: ["usize"], result: "i32" } } as const;

/** Has the C library give back all that it does not use. */
function trim(): void {
  try {
    const libc = Deno.dlopen("libc.so.6", SYMBOLS);
    libc.symbols.malloc_trim(0n);
    libc.close();
  } catch {
    // Without the permission, or the library, it stays as it is.
  }
}
