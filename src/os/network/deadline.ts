import { eitherOf } from "../../base/either.ts";
import type { Clock } from "../clock.ts";

/** The end of the time that something may take. */
export interface Deadline {
  /** Aborts at that end, or with the outer signal. */
  readonly signal: AbortSignal;
  /** The arguments for the failure of what was aborted; `what` begins the message. */
  reason(what: string): [message: string, more: { code: string }];
  /** It is over in time. */
  end(): void;
}

/** Starts a deadline. */
export function startDeadline(
  clock: Clock,
  timeoutMs: number,
  outer: AbortSignal | undefined,
): Deadline {
  const either = eitherOf(outer);
  const timer = clock.after(timeoutMs, either.abort);
  return {
    signal: either.signal,
    reason: (what) =>
      outer?.aborted
        ? [`${what}: was stopped`, { code: "stopped" }]
        : [`${what}: no answer within ${timeoutMs / 1000} s`, { code: "timeout" }],
    end: () => {
      timer.cancel();
      either.end();
    },
  };
}
