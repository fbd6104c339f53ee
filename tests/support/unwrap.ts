import { fail } from "@std/assert";
import type { Failure, Result } from "../../src/base/result.ts";

/** The value of what must have worked. */
export function unwrap<T>(result: Result<T>): T {
  return result.ok
    ? result.value
    : fail(`${result.failure.message} (${result.failure.hint ?? ""})`);
}

/** The failure of what must have been refused. */
export function refusal(result: Result<unknown>): Failure {
  return result.ok ? fail(`was not refused: ${JSON.stringify(result.value)}`) : result.failure;
}
