/**
 * What is said at the control socket of taking changes back, for both sides.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { HOLD_LIMITS } from "./holds.ts";

/** Which changes: one by its number, all since a time, or those that lead back to how one resource was. */
export type UndoChoice =
  | { readonly by: "change"; readonly change: number }
  | { readonly by: "since"; readonly sinceMs: number }
  /** Without a time: before its last change. */
  | { readonly by: "resource"; readonly word: string; readonly atMs?: number };

/** What is to be taken back. */
export interface UndoWish {
  readonly choice: UndoChoice;
  /** Only say what would be done. */
  readonly noop: boolean;
  /** Also what somebody has changed since. */
  readonly force: boolean;
  readonly author: string;
  /** For how long what was taken back is held. */
  readonly forMs: number;
}

/** One thing of a resource: what it is like now, and what it is brought back to. */
export interface UndoneThing {
  readonly name: string;
  readonly is: string;
  readonly where?: Readonly<Record<string, string | number>>;
  readonly from: Readonly<Record<string, string | number>>;
  readonly to: Readonly<Record<string, string | number>>;
  /** Fields that somebody has changed since. */
  readonly changedSince?: readonly string[];
}

/** What becomes, or became, of one resource. */
export interface UndoneResource {
  readonly key: string;
  /** The numbers of the changes that are taken back. */
  readonly changes: readonly number[];
  /** When the last of them was, in milliseconds since 1970, and what it was. */
  readonly atMs: number;
  readonly reason: string;
  readonly status: "due" | "undone" | "already" | "refused" | "impossible" | "failed";
  readonly why?: string;
  readonly things: readonly UndoneThing[];
  /** Why not all of it can be taken back. */
  readonly lacks?: string;
  /** The number of the entry that says so in the journal. */
  readonly entry?: number;
}

/** What an undo did, or would do. */
export interface UndoReport {
  readonly noop: boolean;
  readonly resources: readonly UndoneResource[];
  /** What is held from now on, and until when. */
  readonly held: readonly { readonly key: string; readonly untilMs: number }[];
  /** Resources that get, or would need, a refresh because of that. */
  readonly refresh: readonly string[];
  /** Whether an agent did it, which then does these refreshes. */
  readonly byAgent: boolean;
}

/** Reads what came with a question. */
export function readUndoWish(given: Readonly<Record<string, unknown>>): Result<UndoWish> {
  const { noop = false, force = false, author = "", forMs } = given;
  const choice = choiceIn(given);
  if (choice === undefined) {
    return bad('say which: "change", a number, "sinceMs", a time, or "resource", a text');
  }
  if (typeof noop !== "boolean" || typeof force !== "boolean") {
    return bad('"noop" and "force" are true or false');
  }
  if (typeof author !== "string" || author.length > HOLD_LIMITS.text) {
    return bad(`"author" is a text of at most ${HOLD_LIMITS.text} characters`);
  }
  const isTime = typeof forMs === "number" && forMs > 0 && forMs <= HOLD_LIMITS.forMs;
  if (!isTime) return bad('"forMs" says for how many milliseconds, at most 90 days');
  return ok({ choice, noop, force, author, forMs });
}

/** What to send for a wish. */
export function undoGiven({ choice, ...how }: UndoWish): object {
  if (choice.by === "change") return { change: choice.change, ...how };
  if (choice.by === "since") return { sinceMs: choice.sinceMs, ...how };
  return {
    resource: choice.word,
    ...(choice.atMs === undefined ? {} : { atMs: choice.atMs }),
    ...how,
  };
}

function choiceIn(
  { change, sinceMs, resource, atMs }: Readonly<Record<string, unknown>>,
): UndoChoice | undefined {
  if (Number.isSafeInteger(change)) return { by: "change", change: Number(change) };
  if (typeof sinceMs === "number") return { by: "since", sinceMs };
  if (typeof resource !== "string") return undefined;
  return { by: "resource", word: resource, ...(typeof atMs === "number" ? { atMs } : {}) };
}

function bad(message: string): Result<never> {
  return fail(message, { code: "bad-request" });
}
