/** The answer to a request that is not granted, as it stands in the store. */

import { parseJson } from "../base/json.ts";
import { type Failure, failure } from "../base/result.ts";

/** Why a request is not granted. */
export interface RefusedAnswer {
  readonly why: Failure;
  /** The revision of the request that this is about: another one is looked at anew. */
  readonly of: number;
}

/** Writes it. */
export function refusedText({ why: { message, hint, code }, of }: RefusedAnswer): string {
  return JSON.stringify({ version: 1, of, refused: { message, hint, code } });
}

/** The revision of which a refusal is, found without reading it; undefined: the answer is none. */
export function refusedOf(text: string): number | undefined {
  const [, of] = /^\{"version":1,"of":(\d+),"refused":/.exec(text) ?? [];
  return of === undefined ? undefined : Number(of);
}

/** Reads it; undefined: the answer is none of that kind. */
export function readRefused(text: string): RefusedAnswer | undefined {
  const { of, refused } = fieldsOf(parseJson(text));
  const { message, hint, code } = fieldsOf(refused);
  if (typeof of !== "number" || typeof message !== "string") return undefined;
  const more = {
    ...(typeof hint === "string" ? { hint } : {}),
    ...(typeof code === "string" ? { code } : {}),
  };
  return { of, why: failure(message, more) };
}

function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value : {};
}
