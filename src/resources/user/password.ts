/**
 * The password of a user, of which nothing is ever shown.
 *
 * @module
 */

import type { UserParams } from "./params.ts";

/** What has to change in a user's line of /etc/shadow. */
export interface PasswordDrift {
  readonly words: readonly string[];
  /** For usermod. */
  readonly args: readonly string[];
  /** What should stand there, if that is to be set. */
  readonly hash?: string;
}

/** Compares what stands in /etc/shadow (undefined: nothing yet) with what should. */
export function passwordDrift(
  { passwordHash, locked }: UserParams,
  current: string | undefined,
): PasswordDrift {
  const isLocked = current === undefined || /^[!*]/.test(current);
  if (passwordHash !== undefined) {
    // Nobody said whether it is locked, so a lock stays; a new user is not locked.
    const lock = locked ?? (current !== undefined && current.startsWith("!"));
    const hash = lock && !/^[!*]/.test(passwordHash) ? `!${passwordHash}` : passwordHash;
    if (hash === current) return { words: [], args: [] };
    return { words: [wordsFor(hash, current)], args: [], hash };
  }
  if (locked === undefined || locked === isLocked) return { words: [], args: [] };
  return {
    words: [locked ? "the password is not locked" : "the password is locked"],
    args: [locked ? "--lock" : "--unlock"],
  };
}

/** Whether it should not be locked, but has no password that could be used then. */
export function nothingToUnlock(
  { passwordHash, locked }: UserParams,
  current: string | undefined,
): boolean {
  return locked === false && passwordHash === undefined && /^!*\*?$/.test(current ?? "") &&
    current !== "";
}

function wordsFor(hash: string, current: string | undefined): string {
  const bare = (text: string) => text.replace(/^!+/, "");
  if (current === undefined || bare(hash) !== bare(current)) return "the password differs";
  return hash.startsWith("!") ? "the password is not locked" : "the password is locked";
}
