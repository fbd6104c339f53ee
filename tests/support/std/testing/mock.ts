// deno-lint-ignore-file no-explicit-any

/**
 * What the tests use of `@std/testing/mock`, with its names and signatures.
 *
 * @module
 */

import { AssertionError } from "@std/assert";

/** A mistake in the use of a mock. */
export class MockError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MockError";
  }
}

/** One call that was made of a spy. */
export interface SpyCall<Self = any, Args extends unknown[] = any[], Return = any> {
  args: Args;
  /** What came back, where nothing was thrown. */
  returned?: Return;
  /** What was thrown. */
  error?: Error;
  self?: Self;
}

/** A function that remembers its calls. */
export interface Spy<Self = any, Args extends any[] = any[], Return = any> {
  (this: Self, ...args: Args): Return;
  /** The function that does the work. */
  original: (this: Self, ...args: Args) => Return;
  calls: SpyCall<Self, Args, Return>[];
  restored: boolean;
  /** Only the spy of a method can be restored. */
  restore(): void;
}

/** A function that remembers its calls, and does what another does, or nothing. */
export function spy<Self = any, Args extends any[] = any[], Return = undefined>(): Spy<
  Self,
  Args,
  Return
>;
export function spy<Self, Args extends any[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
export function spy<Self, Args extends any[], Return>(
  func: (this: Self, ...args: Args) => Return = () => undefined as Return,
): Spy<Self, Args, Return> {
  const calls: SpyCall<Self, Args, Return>[] = [];
  function spied(this: Self, ...args: Args): Return {
    const call: SpyCall<Self, Args, Return> = { args };
    if (this !== undefined) call.self = this;
    try {
      return call.returned = func.apply(this, args);
    } catch (thrown) {
      call.error = thrown as Error;
      throw thrown;
    } finally {
      calls.push(call);
    }
  }
  return Object.assign(spied, {
    original: func,
    calls,
    restored: false,
    restore: () => {
      throw new MockError("Cannot restore: function cannot be restored");
    },
  });
}

/** Fails unless the spy was called so many times. */
export function assertSpyCalls<Self, Args extends any[], Return>(
  spy: Spy<Self, Args, Return>,
  expectedCalls: number,
): void {
  const { length } = spy.calls;
  if (length === expectedCalls) return;
  const message = `Spy not called as expected: ${length} calls instead of ${expectedCalls}`;
  const error = spy.calls.find(({ error }) => error !== undefined)?.error;
  throw new AssertionError({ message: error === undefined ? message : `${message}: ${error}` });
}
