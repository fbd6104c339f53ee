/**
 * Owner, group and mode that a resource asks for, as numbers.
 *
 * @module
 */

import { chain, chainOk } from "../../../base/chain.ts";
import { ok } from "../../../base/result.ts";
import type { Awaitable, Result } from "../../../base/result.ts";
import type { Attributes, DirectoryAttributes, Stat } from "../../../os/files/files.ts";
import type { AttributeName } from "../../../kind/claim.ts";
import type { KindContext } from "../../../kind/kind.ts";
import { NEW_BITS } from "./private.ts";
import { applyMode, modeText } from "./mode.ts";
import type { Mode } from "./mode.ts";

/** The same as it is written. */
interface SaidOwnership {
  readonly owner?: string;
  readonly group?: string;
  readonly mode?: Mode;
}

/** What is wanted of every entry of the resource; undefined parts stay as they are. */
export interface WantedOwnership {
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: Mode;
}

const NOTHING: WantedOwnership = {};
const SETGID = 0o2000;

/** Turns names into numbers. */
export function wantedOf(
  { owner, group, mode }: SaidOwnership,
  { host }: KindContext,
): Awaitable<Result<WantedOwnership>> {
  if (owner === undefined && group === undefined && mode === undefined) return ok(NOTHING);
  const uid = owner === undefined ? ok(undefined) : host.users.uid(owner);
  return chainOk<number | undefined, WantedOwnership>(uid, (uidNumber) => {
    const gid = group === undefined ? ok(undefined) : host.users.gid(group);
    return chain<Result<number | undefined>, Result<WantedOwnership>>(
      gid,
      (gidNumber) =>
        gidNumber.ok
          ? ok({
            ...(uidNumber === undefined ? {} : { uid: uidNumber }),
            ...(gidNumber.value === undefined ? {} : { gid: gidNumber.value }),
            ...(mode === undefined ? {} : { mode }),
          })
          : gidNumber,
    );
  });
}

/** What is still wanted where others decide some of it. */
export function wantedBeside(
  { uid, gid, mode }: WantedOwnership,
  others: ReadonlySet<AttributeName>,
): WantedOwnership {
  return {
    ...(uid === undefined || others.has("owner") ? {} : { uid }),
    ...(gid === undefined || others.has("group") ? {} : { gid }),
    ...(mode === undefined || others.has("mode") ? {} : { mode }),
  };
}

/** Owner and mode for an entry that is made; a secret is a file that only its owner may read. */
export function attributesOfNew(
  { uid, gid, mode }: WantedOwnership,
  what: keyof typeof NEW_BITS,
): DirectoryAttributes {
  const bits = NEW_BITS[what];
  const isDirectory = what === "directory";
  // What a symbolic mode does not speak of is as it comes.
  const inheritsGroup = isDirectory && mode?.type === "symbolic" &&
    (applyMode(mode, bits | SETGID, true) & SETGID) !== 0;
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(inheritsGroup ? { inheritsGroup } : {}),
    ...(mode !== undefined
      ? { mode: applyMode(mode, bits, isDirectory) }
      : what === "secret"
      ? { mode: bits }
      : {}),
  };
}

/** What has to change in owner and mode of an entry that is there, and in words. */
export function attributeDrift(
  { uid, gid, mode }: WantedOwnership,
  stat: Stat,
): { readonly attributes: Attributes; readonly words: readonly string[] } {
  const words: string[] = [];
  const attributes: { uid?: number; gid?: number; mode?: number } = {};
  if (uid !== undefined && uid !== stat.uid) {
    attributes.uid = uid;
    words.push(`owner ${stat.uid} → ${uid}`);
  }
  if (gid !== undefined && gid !== stat.gid) {
    attributes.gid = gid;
    words.push(`group ${stat.gid} → ${gid}`);
  }
  const bits = mode === undefined || stat.type === "symlink"
    ? stat.mode
    : applyMode(mode, stat.mode, stat.type === "directory");
  if (bits !== stat.mode) words.push(`mode ${modeText(stat.mode)} → ${modeText(bits)}`);
  // A new owner takes set-id bits away, so the mode is said again with it.
  const saidAgain = words.length > 0 && (bits & 0o6000) !== 0 && stat.type !== "symlink";
  if (bits !== stat.mode || saidAgain) attributes.mode = bits;
  return { attributes, words };
}
