/**
 * Comparing a file of sudoers with what it should be.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { type Awaitable, fail, ok, type Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { Sight } from "../../os/files/files.ts";
import { parentOf } from "../shared/files/path.ts";
import type { SudoersParams } from "./params.ts";

/** What has to be done. */
export interface SudoersChange {
  readonly seen: Sight;
  readonly reason: string;
  /** Whether what it says is another; else only whose it is. */
  readonly isOther: boolean;
}

/** sudo reads no file with another mode or owner. */
export const SUDOERS_MODE = 0o440;

/** What has to change now; undefined: nothing. */
export function findSudoersChange(
  params: SudoersParams,
  { host: { files, users: { own } }, signal, comes }: KindContext,
): Awaitable<Result<SudoersChange | undefined>> {
  const { path, absent, content } = params;
  const looked = files.look(path, { contentUpToBytes: LIMITS.lineFileBytes, signal });
  return chainOk(looked, (seen): Result<SudoersChange | undefined> => {
    if (absent) {
      if (seen.type === "absent") return ok(undefined);
      if (seen.type === "directory") return fail(`${path} is a directory`, { code: "wrong-type" });
      return ok({ seen, reason: `${path} is there and should not be`, isOther: true });
    }
    if (seen.type === "absent") {
      if (seen.nearestParent === undefined || comes(parentOf(path))) {
        return ok({ seen, reason: `${path} does not exist`, isOther: true });
      }
      return fail(`cannot make ${path}: the directory ${parentOf(path)} is missing`, {
        code: "parent-missing",
        needs: [parentOf(path)],
        hint: "it comes with the package sudo",
      });
    }
    if (seen.type !== "file") {
      const is = seen.type === "symlink" ? `a symbolic link to ${seen.target}` : "no file";
      return fail(`${path} is ${is}`, { code: "wrong-type", hint: "remove it" });
    }
    const words: string[] = [];
    const isOther = !isText(seen.content, content);
    if (isOther) words.push(`content differs (${seen.stat.size} → ${sizeOf(content)} bytes)`);
    const { mode, uid } = seen.stat;
    if (mode !== SUDOERS_MODE) words.push(`mode ${mode.toString(8)} → ${SUDOERS_MODE.toString(8)}`);
    if (uid !== own) words.push(`owner ${uid} → ${own}`);
    return ok(words.length === 0 ? undefined : { seen, reason: words.join(", "), isOther });
  });
}

function isText(bytes: Uint8Array | undefined, text: string): boolean {
  const wanted = new TextEncoder().encode(text);
  return bytes !== undefined && bytes.length === wanted.length &&
    bytes.every((byte, index) => byte === wanted[index]);
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
