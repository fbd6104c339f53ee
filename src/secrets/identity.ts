/**
 * Files of identities, as the program `age` has them: a key a line, and comments.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { shellWord } from "../base/shell_word.ts";
import type { Files } from "../os/files/files.ts";

/** The file below a prefix. */
export const IDENTITY_NAME = "identity";

const IDENTITY_BYTES = 64 * 1024;

/** The keys in a file that only its owner can read; none: there is no such file. */
export async function readIdentities(
  files: Pick<Files, "look">,
  path: string,
  ownUid: number,
): Promise<Result<readonly string[]>> {
  const seen = await files.look(path, { contentUpToBytes: IDENTITY_BYTES });
  if (!seen.ok) return seen;
  const { value: sight } = seen;
  if (sight.type === "absent") return ok([]);
  if (sight.type !== "file" || sight.content === undefined) {
    return fail(`${path} is no file of identities`, { hint: "name another one" });
  }
  const { mode, uid } = sight.stat;
  if ((mode & 0o077) !== 0 || (uid !== 0 && uid !== ownUid)) {
    return fail(`the identity in ${path} is not used: others can read it`, {
      code: "secret-unsafe",
      hint: `chmod 0600 ${shellWord(path)}; if somebody has read it: make another, and rekey`,
    });
  }
  const lines = new TextDecoder().decode(sight.content).split(/\r?\n/).map((line) => line.trim());
  return ok(lines.filter((line) => line !== "" && !line.startsWith("#")));
}
