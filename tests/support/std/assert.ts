/**
 * What the tests use of `@std/assert`, with its names and signatures, on Node's assert.
 *
 * @module
 */

// (`message!`: the types of some versions of Node want a text where undefined is as good.)
import assertion, { AssertionError } from "node:assert";

export { AssertionError };

// deno-lint-ignore no-explicit-any
type Constructor<T> = new (...args: any[]) => T;

/** Fails unless the expression is truthy. */
export function assert(expression: unknown, message = "not true"): asserts expression {
  if (!expression) throw new AssertionError({ message });
}

/** Fails if the expression is truthy. */
export function assertFalse(expression: unknown, message = "not false"): void {
  assert(!expression, message);
}

/** Fails unless both are deeply equal, prototypes included. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  assertion.deepStrictEqual(actual, expected, message!);
}

/** Fails if both are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  assertion.notDeepStrictEqual(actual, expected, message!);
}

/** Fails unless both are the same value. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  assertion.strictEqual(actual, expected, message!);
}

/** Fails if both are the same value. */
export function assertNotStrictEquals<T>(actual: T, expected: T, message?: string): void {
  assertion.notStrictEqual(actual, expected, message!);
}

/** Fails if the value is null or undefined. */
export function assertExists<T>(
  actual: T,
  message = "is null or undefined",
): asserts actual is NonNullable<T> {
  assert(actual !== null && actual !== undefined, message);
}

/** Fails unless the value was made by the class. */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedClass: Constructor<T>,
  message?: string,
): asserts actual is T {
  assert(actual instanceof expectedClass, message ?? `${actual} is no ${expectedClass.name}`);
}

/** Fails unless the text matches. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  assert(expected.test(actual), message ?? `${expected} does not match:\n${actual}`);
}

/** Fails if the text matches. */
export function assertNotMatch(actual: string, expected: RegExp, message?: string): void {
  assert(!expected.test(actual), message ?? `${expected} should not match:\n${actual}`);
}

/** Fails unless the text contains the other. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  assert(actual.includes(expected), message ?? `no ${JSON.stringify(expected)} in:\n${actual}`);
}

/** Fails unless every expected value is in the list. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  message?: string,
): void {
  const has = (wanted: T) =>
    Array.from(actual).some((value) => {
      try {
        assertion.deepStrictEqual(value, wanted);
        return true;
      } catch {
        return false;
      }
    });
  const missing = Array.from(expected).filter((wanted) => !has(wanted));
  assertion.deepStrictEqual(missing, [], message ?? "these values are missing");
}

/** Fails unless all that the expected object says is so in the actual one. */
export function assertObjectMatch(
  actual: Record<PropertyKey, unknown>,
  expected: Record<PropertyKey, unknown>,
  message?: string,
): void {
  assertion.deepStrictEqual(pick(actual, expected), expected, message!);
}

function pick(actual: unknown, expected: unknown): unknown {
  if (typeof actual !== "object" || actual === null) return actual;
  if (typeof expected !== "object" || expected === null) return actual;
  if (Array.isArray(actual)) {
    return actual.map((value, index) => pick(value, (expected as unknown[])[index]));
  }
  const wanted = expected as Record<string, unknown>;
  const given = actual as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(wanted).filter((key) => key in given)
      .map((key) => [key, pick(given[key], wanted[key])]),
  );
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, message?: string): void {
  assert(actual > expected, message ?? `${actual} is not greater than ${expected}`);
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void {
  assert(actual >= expected, message ?? `${actual} is less than ${expected}`);
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, message?: string): void {
  assert(actual < expected, message ?? `${actual} is not less than ${expected}`);
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void {
  assert(actual <= expected, message ?? `${actual} is greater than ${expected}`);
}

/** Fails unless the function throws such an error, which it returns. */
export function assertThrows<E extends Error = Error>(
  call: () => unknown,
  errorClass: Constructor<E> = Error as unknown as Constructor<E>,
  messageIncludes = "",
  message?: string,
): E {
  try {
    call();
  } catch (thrown) {
    return expected(thrown, errorClass, messageIncludes, message);
  }
  throw new AssertionError({ message: message ?? "it did not throw" });
}

/** Fails unless the promise is rejected with such an error, which it returns. */
export async function assertRejects<E extends Error = Error>(
  call: () => PromiseLike<unknown>,
  errorClass: Constructor<E> = Error as unknown as Constructor<E>,
  messageIncludes = "",
  message?: string,
): Promise<E> {
  try {
    await call();
  } catch (thrown) {
    return expected(thrown, errorClass, messageIncludes, message);
  }
  throw new AssertionError({ message: message ?? "it was not rejected" });
}

function expected<E extends Error>(
  thrown: unknown,
  errorClass: Constructor<E>,
  messageIncludes: string,
  message: string | undefined,
): E {
  assertInstanceOf(thrown, errorClass, message);
  assertStringIncludes(thrown.message, messageIncludes, message);
  return thrown;
}

/** Fails. */
export function fail(message = "failed"): never {
  throw new AssertionError({ message });
}

/** Fails: this place should not be reached. */
export function unreachable(reason = "reached what should be unreachable"): never {
  throw new AssertionError({ message: reason });
}
