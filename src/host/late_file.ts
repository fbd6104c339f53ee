import { fail, ok, reasonOf, type Result } from "../base/result.ts";

/** A file that was opened for writing before it was known what to write, or whether at all. */
export interface LateFile {
  /** Replaces the file's content, and closes it. */
  replace(text: string): Result<void>;
}

/** Opens a file for writing, and leaves its content as it is for now. */
export function openForLater(path: string): Result<LateFile> {
  try {
    const file = Deno.openSync(path, { write: true, create: true });
    return ok({
      replace: (text) => {
        try {
          writeAll(file, text);
          return ok(undefined);
        } catch (thrown) {
          return fail(`cannot write ${path}: ${reasonOf(thrown)}`);
        } finally {
          file.close();
        }
      },
    });
  } catch (thrown) {
    return fail(`cannot write ${path}: ${reasonOf(thrown)}`);
  }
}

function writeAll(file: Deno.FsFile, text: string): void {
  if (file.statSync().isFile) file.truncateSync();
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
}
