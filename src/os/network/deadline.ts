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
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = clock.after(timeoutMs, abort);
  outer?.addEventListener("abort", abort, { once: true });
  if (outer?.aborted) abort();
  return {
    signal: controller.signal,
    reason: (what) =>
      outer?.aborted
        ? [`${what}: was stopped`, { code: "stopped" }]
        : [`${what}: no answer within ${timeoutMs / 1000} s`, { code: "timeout" }],
    end: () => {
      timer.cancel();
      outer?.removeEventListener("abort", abort);
    },
  };
}
