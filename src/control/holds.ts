/**
 * What is said at the control socket of holding resources, for both sides.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { isMoment, isText, objectWith } from "../base/shape.ts";
import type { Hold } from "../engine/hold.ts";

/** A resource that is held; `*` is all of them. */
export interface HeldResource extends Hold {
  readonly key: string;
}

/** Whether what somebody else says is a hold: what is no date cannot be shown as one. */
export const isHold = objectWith({
  reason: isText,
  author: isText,
  sinceMs: isMoment,
  untilMs: isMoment,
});
const hasKey = objectWith({ key: isText });

/** The same with whom it is of. */
export const isHeldResource = (value: unknown) => isHold(value) && hasKey(value);

/** What is to be held. */
export interface HoldWish {
  /** Resources as people name them; undefined: all. */
  readonly words: readonly string[] | undefined;
  readonly reason: string;
  readonly author: string;
  readonly forMs: number;
}

/** What is to be let go of. */
export interface ReleaseWish {
  readonly words: readonly string[] | undefined;
}

/** Bounds of what is said. */
export const HOLD_LIMITS = { words: 1000, text: 200, forMs: 90 * 86_400_000 } as const;

/** Reads what came with a question. */
export function readReleaseWish(given: Readonly<Record<string, unknown>>): Result<ReleaseWish> {
  const { resources, all } = given;
  if (all === true && resources === undefined) return ok({ words: undefined });
  const isList = Array.isArray(resources) && resources.length > 0 &&
    resources.length <= HOLD_LIMITS.words && resources.every((word) => typeof word === "string");
  if (isList && all === undefined) return ok({ words: resources });
  return fail('say which: "resources", a list of texts, or "all": true', { code: "bad-request" });
}

/** The same of a hold. */
export function readHoldWish(given: Readonly<Record<string, unknown>>): Result<HoldWish> {
  const which = readReleaseWish(given);
  if (!which.ok) return which;
  const { reason = "", author = "", forMs } = given;
  const texts = [reason, author];
  if (!texts.every((text) => typeof text === "string" && text.length <= HOLD_LIMITS.text)) {
    return fail(`"reason" and "author" are texts of at most ${HOLD_LIMITS.text} characters`, {
      code: "bad-request",
    });
  }
  const isTime = typeof forMs === "number" && forMs > 0 && forMs <= HOLD_LIMITS.forMs;
  if (!isTime) {
    return fail('"forMs" says for how many milliseconds, at most 90 days', { code: "bad-request" });
  }
  return ok({ ...which.value, reason: String(reason), author: String(author), forMs });
}
