/**
 * Certificates in files that somebody else keeps: they may be links, and anybody may read them, but not
 * write them.
 *
 * @module
 */

import { readFileSync, statSync } from "node:fs";
import type { PemFile } from "../../../base/credentials.ts";
import { fail, ok, reasonOf, type Result } from "../../../base/result.ts";
import { shellWord } from "../../../base/shell_word.ts";

/** The certificates of all authorities of a machine are a quarter of that. */
const FILE_BYTES = 1024 * 1024;

/** Reads such a file (absolute), or says why it is not used. */
export function readPemFile(path: string): Result<PemFile> {
  try {
    const seen = statSync(path);
    if (!seen.isFile()) return fail(`${path} is not used: it is no regular file`);
    if (seen.size > FILE_BYTES) {
      return fail(`${path} is not used: it has more than ${FILE_BYTES} bytes`);
    }
    if (seen.uid !== 0 && seen.uid !== Deno.uid()) {
      return fail(`${path} is not used: it belongs to another user`, {
        hint: `chown ${Deno.uid()} ${shellWord(path)}`,
      });
    }
    if ((seen.mode & 0o022) !== 0) {
      return fail(`${path} is not used: others can write it`, {
        hint: `chmod go-w ${shellWord(path)}`,
      });
    }
    return ok({ path, text: readFileSync(path, "utf8") });
  } catch (thrown) {
    return fail(`cannot read ${path}: ${reasonOf(thrown)}`);
  }
}
