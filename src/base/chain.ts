/**
 * Steps that are done at once where they can be, and later where they must.
 *
 * @module
 */

import type { Awaitable, Result } from "./result.ts";

/** Goes on with a value now, or when it is there. */
export function chain<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Goes on with the value of a result; a failure is passed on. */
export function chainOk<T, U>(
  result: Awaitable<Result<T>>,
  next: (value: T) => Awaitable<Result<U>>,
): Awaitable<Result<U>> {
  return chain(result, (known) => known.ok ? next(known.value) : known);
}
