import { fail, ok, reasonOf, type Result } from "../base/result.ts";

/** A file that was opened for writing before it was known what to write, or whether at all. */
export interface LateFile extends Disposable {
  /** Replaces the file's content. */
  replace(text: string): Result<void>;
}

/** Opens a file for writing, and leaves its content as it is for now. */
export function openForLater(path: string): Result<LateFile> {
  const refused = (thrown: unknown) => fail(`cannot write ${path}: ${reasonOf(thrown)}`);
  try {
    const file = Deno.openSync(path, { write: true, create: true });
    return ok({
      replace: (text) => {
        try {
          return ok(writeAll(file, text));
        } catch (thrown) {
          return refused(thrown);
        }
      },
      [Symbol.dispose]: () => file.close(),
    });
  } catch (thrown) {
    return refused(thrown);
  }
}

function writeAll(file: Deno.FsFile, text: string): void {
  if (file.statSync().isFile) file.truncateSync();
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
}
