/**
 * Files that commands write where a user says: never through a link that stands there, never into a
 * FIFO, a device or a directory, and as a whole or not at all.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../base/result.ts";
import type { Files } from "./files/files.ts";

/** Makes or replaces the regular file `path` (absolute). */
export async function writeOutput(
  files: Pick<Files, "look" | "write">,
  path: string,
  content: Uint8Array | { readonly copyOf: string },
): Promise<Result<void>> {
  const seen = await files.look(path);
  if (!seen.ok) return { ok: false, failure: cannotWrite(path, seen.failure) };
  const { value: sight } = seen;
  if (sight.type !== "absent" && sight.type !== "file") {
    const what = sight.type === "other"
      ? sight.what
      : `a ${sight.type === "symlink" ? "symbolic link" : sight.type}`;
    return fail(`cannot write ${path}: it is ${what}, and only regular files are replaced`, {
      code: "not-a-file",
      hint: "name another file",
    });
  }
  const written = await files.write({ path, content, seen: sight });
  return written.ok ? ok(undefined) : { ok: false, failure: cannotWrite(path, written.failure) };
}

function cannotWrite(path: string, failure: Failure): Failure {
  return { ...failure, message: `cannot write ${path}: ${failure.message}` };
}
