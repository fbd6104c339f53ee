/**
 * Expected failures are values. An exception is a bug.
 *
 * @module
 */

/** Why something could not be done: what failed and where, why, and what to do about it. */
export interface Failure {
  readonly type: "failure";
  /** What failed, where and why, as one sentence without a final stop. */
  readonly message: string;
  /** What the reader can do about it. */
  readonly hint?: string;
  /** A stable word for programs, for instance `timeout` or `parent-missing`. */
  readonly code?: string;
  /** True where a later try cannot help until someone changes the graph or the program. */
  readonly final?: boolean;
  /**
   * All that could mend it, in the words of `claims`: paths, `user:NAME`; absent: that is not known.
   * What leaves unsaid what it changes (a command, a package, a service) may always mend it.
   */
  readonly needs?: readonly string[];
  /** True where it goes on as before, so that a reader need not hear of it again. */
  readonly known?: boolean;
  /** What a command printed, as it stands in the message: said once, and kept nowhere. */
  readonly printed?: string;
}

/** A value, or the reason why there is none. */
export type Result<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly failure: Failure;
};

/** A value now, or a promise of it: what is known at once need not wait for a turn of the loop. */
export type Awaitable<T> = T | Promise<T>;

/** Makes a {@linkcode Failure}. */
export function failure(
  message: string,
  more: Omit<Failure, "type" | "message"> = {},
): Failure {
  return { type: "failure", message, ...more };
}

/** The message as it may be kept: what a command printed is not in it. */
export function keptMessage({ message, printed }: Failure): string {
  return printed === undefined ? message : message.replace(printed, () => "");
}

/** Makes the successful {@linkcode Result}. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Makes the failed {@linkcode Result}. */
export function fail(
  message: string,
  more: Omit<Failure, "type" | "message"> = {},
): Result<never> {
  return { ok: false, failure: failure(message, more) };
}

/** The text of something thrown, for the place where foreign exceptions become failures. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
