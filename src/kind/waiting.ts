/**
 * Waits of a kind that need not be waited out: for a lock, a turn, somebody else.
 *
 * @module
 */

import { eitherOf } from "../base/either.ts";
import type { Failure } from "../base/result.ts";
import { notBegun, type TurnPatience } from "../base/turns.ts";
import type { KindContext } from "./kind.ts";

/** Runs `wait` with a signal that aborts when the pass must end, and when the agent begins to stop. */
export async function whileWanted<T>(
  { signal, ending }: Pick<KindContext, "signal" | "ending">,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const either = eitherOf(signal, ending);
  try {
    return await wait(either.signal);
  } finally {
    either.end();
  }
}

/** How long a turn is waited for. */
export function patienceOf(
  { signal, ending }: Pick<KindContext, "signal" | "ending">,
): TurnPatience<Failure | undefined> {
  return { signals: [signal, ending], instead: notBegun };
}
