/**
 * What the page's server answers with, and the headers that every answer has.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import { failureObject, statusOf } from "../control/answers.ts";

/** An answer: whole, or lines as they come. */
export interface WebAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array | AsyncIterable<string>;
  /** Besides those that all answers have. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the page may load: its own files, and nothing that is written into it. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer. */
export const ALL_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "no-store",
  "connection": "close",
};

/** Statuses of failures that only this server has. */
const OWN_STATUSES: Readonly<Record<string, number>> = {
  "unauthorized": 401,
  "forbidden": 403,
  "wrong-host": 421,
  "no-agent": 503,
  "silent": 503,
  "closed": 503,
  "unreadable": 503,
};

/** A failure as the API of an agent says it. */
export function failureAnswer(
  failure: Failure,
  headers: WebAnswer["headers"] = {},
): WebAnswer {
  const status = OWN_STATUSES[failure.code ?? ""] ?? statusOf(failure);
  const body = `${JSON.stringify({ error: failureObject(failure) })}\n`;
  return { status, type: JSON_TYPE, body, headers };
}

/** The same for a person, as text. */
export function failureText(failure: Failure, headers: WebAnswer["headers"] = {}): WebAnswer {
  const { message, hint } = failure;
  const { status } = failureAnswer(failure);
  const body = `${message}\n${hint === undefined ? "" : `${hint}\n`}`;
  return { status, type: TEXT_TYPE, body, headers };
}

export const JSON_TYPE = "application/json";
export const LINES_TYPE = "application/x-ndjson";
const TEXT_TYPE = "text/plain; charset=utf-8";
