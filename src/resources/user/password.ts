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

const NOTHING: PasswordDrift = { words: [], args: [] };
const DIFFERS = "the password differs";
const IS_LOCKED = "the password is locked";
const IS_NOT_LOCKED = "the password is not locked";

/**
 * Compares what stands there (undefined: nothing yet) with what should.
 *
 * Only what stands in front of a hash is a lock that somebody put there: `!`, `!!`, `*` and the like
 * say that there never was a password.
 */
export function passwordDrift(
  { passwordHash, locked }: UserParams,
  current: string | undefined,
): PasswordDrift {
  if (passwordHash === undefined) return lockDrift(locked, current);
  const mayBeLocked = isHash(passwordHash);
  // Where nobody says whether it is locked, a lock stays.
  const lock = mayBeLocked && (locked ?? isLockedHash(current));
  if (mayBeLocked && passwordHash === bare(current)) return lockDrift(lock, current);
  const hash = lock ? `!${passwordHash}` : passwordHash;
  return hash === current ? NOTHING : { words: [DIFFERS], args: [], hash };
}

/** Locking and unlocking leaves the day on which the password was last changed as it is. */
function lockDrift(locked: boolean | undefined, current: string | undefined): PasswordDrift {
  if (locked === undefined || locked === isLocked(current)) return NOTHING;
  if (locked) return { words: [IS_NOT_LOCKED], args: ["--lock"] };
  // usermod takes one sign away, and some programs write two.
  return current?.startsWith("!!")
    ? { words: [IS_LOCKED], args: [], hash: bare(current) }
    : { words: [IS_LOCKED], args: ["--unlock"] };
}

/** Whether it should not be locked, but has no password that could be used then. */
export function nothingToUnlock(
  { passwordHash, locked }: UserParams,
  current: string | undefined,
): boolean {
  return locked === false && passwordHash === undefined && isLocked(current) &&
    !isLockedHash(current);
}

/** Whether no password lets the user in; an empty one lets everybody in. */
function isLocked(current: string | undefined): boolean {
  return current !== "" && !isHash(current);
}

function isLockedHash(current: string | undefined): boolean {
  return current !== undefined && current.startsWith("!") && isHash(bare(current));
}

function bare(current = ""): string {
  return current.replace(/^!+/, "");
}

/** Whether some password could fit: a method's own, or one of the two that came before those. */
function isHash(text = ""): boolean {
  return /^(\$.|_[./0-9A-Za-z]{19}$|[./0-9A-Za-z]{13,}$)/.test(text);
}
