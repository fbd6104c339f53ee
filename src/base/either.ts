/**
 * One signal of several, and waits that end with a signal.
 *
 * @module
 */

/** A signal that aborts with the first of these, and letting go of them. */
export interface Either {
  readonly signal: AbortSignal;
  /** Aborts it alone. */
  abort(): void;
  /** Nobody waits for it any more. */
  end(): void;
}

/**
 * Joins signals. Not `AbortSignal.any`: on a signal that lives long it keeps what depends on it.
 */
export function eitherOf(...signals: readonly (AbortSignal | undefined)[]): Either {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const signal of signals) onAbort(signal, abort);
  return {
    signal: controller.signal,
    abort,
    end: () => signals.forEach((signal) => signal?.removeEventListener("abort", abort)),
  };
}

/** Calls `run` when the signal aborts, at once where it has; what it returns lets go of the signal. */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (signal?.aborted) run();
  else signal?.addEventListener("abort", run, { once: true });
  return () => signal?.removeEventListener("abort", run);
}

/** Resolves when a signal aborts. */
export function abortionOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

/** What comes of work that others wait for, too; undefined when the signal aborts before. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  if (signal === undefined) return await work;
  const either = eitherOf(signal);
  try {
    return await Promise.race([work, abortionOf(either.signal).then(() => undefined)]);
  } finally {
    either.end();
  }
}
