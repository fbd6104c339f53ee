/**
 * Owner and mode of what is brought back. Whoever owns a content made it what it is: a set-id bit is only
 * given together with the owner and the group that the content had.
 *
 * @module
 */

import { chainOk } from "../../../base/chain.ts";
import { type Awaitable, fail, type Result } from "../../../base/result.ts";
import type { Attributes, Files, Sight, Stat } from "../../../os/files/files.ts";
import type { ThingState, ThingToRestore } from "../../../kind/undo.ts";

const SET_ID = 0o6000;
/** Where nobody knows who owned it, nobody but the agent's user reads it. */
const MODE_OF_UNKNOWN = 0o600;

/** The attributes among these fields. */
export function attributesIn({ mode, uid, gid, type }: ThingState): Attributes {
  return {
    ...(typeof mode === "string" && type !== "symlink" ? { mode: parseInt(mode, 8) } : {}),
    ...(typeof uid === "number" ? { uid } : {}),
    ...(typeof gid === "number" ? { gid } : {}),
  };
}

/**
 * Those of a content that is written back. `wanted`: the fields that are brought back; `known`: all that
 * was written down of it; `stands`: the file that the change left, if it is still that one.
 */
export function attributesOfContent(
  wanted: ThingState,
  known: ThingState,
  stands: Stat | undefined,
): Attributes {
  const was = attributesIn(known);
  const { uid, gid, mode = MODE_OF_UNKNOWN } = {
    ...was,
    ...present(stands),
    ...attributesIn(wanted),
  };
  if (uid === undefined || gid === undefined) return { mode: mode & MODE_OF_UNKNOWN };
  const isOwned = uid === was.uid && gid === was.gid;
  return { uid, gid, mode: isOwned ? mode : mode & ~SET_ID };
}

function present(stat: Stat | undefined): Attributes {
  return stat === undefined ? {} : { uid: stat.uid, gid: stat.gid, mode: stat.mode };
}

/** Gives the entry that was seen its owner and mode back; whose content it has nobody looks at. */
export function attributesBack(
  { name: path, unchanged = {} }: ThingToRestore,
  seen: Exclude<Sight, { readonly type: "absent" }>,
  wanted: ThingState,
  files: Files,
): Awaitable<Result<void>> {
  const known = { ...unchanged, ...wanted };
  const { uid, gid } = attributesIn(known);
  if (known["type"] !== undefined && known["type"] !== seen.type) {
    return fail(`${path} is a ${seen.type} now, and was a ${known["type"]}`, { code: "changed" });
  }
  const attributes = attributesIn(wanted);
  const { mode } = attributes;
  const isOwned = seen.stat.uid === uid && seen.stat.gid === gid;
  if (mode === undefined || (mode & SET_ID) === 0 || isOwned || seen.type === "directory") {
    return files.setAttributes(path, seen, attributes);
  }
  return chainOk(
    files.setAttributes(path, seen, { ...attributes, mode: mode & ~SET_ID }),
    () =>
      fail(`the set-id bits of ${path} were not given back: another owner may have changed it`, {
        code: "set-id",
        hint: `look at it, and give them with: chmod ${mode.toString(8)}`,
      }),
  );
}
