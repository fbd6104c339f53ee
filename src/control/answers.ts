/**
 * What refusals look like on the wire, for both sides.
 *
 * @module
 */

import { type Failure, failure } from "../base/result.ts";

/** The status of HTTP for the codes of failures; every other one is a conflict with how things are. */
const STATUSES: Readonly<Record<string, number>> = {
  "bad-request": 400,
  "forbidden": 403,
  "unknown-path": 404,
  "unknown-resource": 404,
  "wrong-method": 405,
  "too-large": 413,
  "bug": 500,
  "hangs": 503,
  "not-ready": 503,
  "busy": 503,
};
const CONFLICT = 409;

/** Which status says a failure. */
export function statusOf({ code = "" }: Failure): number {
  return STATUSES[code] ?? CONFLICT;
}

/** A failure as an object. */
export function failureObject({ code = "failed", message, hint }: Failure): object {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** The failure that such an object tells; undefined: it is none. */
export function failureOf(answer: unknown): Failure | undefined {
  const { error } = (answer ?? {}) as { error?: Partial<Failure> };
  if (typeof error?.message !== "string" || typeof error.code !== "string") return undefined;
  const { message, code, hint } = error;
  return failure(message, { code, ...(typeof hint === "string" ? { hint } : {}) });
}
