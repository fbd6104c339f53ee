/**
 * A person's editor, for a text that nobody else is to see.
 *
 * @module
 */

import { join } from "node:path";
import { fail, ok, reasonOf, type Result } from "../base/result.ts";

/** Kept in memory, where there is such a place. */
const IN_MEMORY = "/dev/shm";

/** Has a text edited and gives what became of it; the file that the editor has goes again. */
export async function editText(
  name: string,
  text: Uint8Array,
  editor: string,
): Promise<Result<Uint8Array>> {
  let directory: string | undefined;
  try {
    directory = makePrivateDirectory();
    const path = join(directory, name);
    await Deno.writeFile(path, text, { mode: 0o600 });
    const [program = "vi", ...args] = editor.split(/\s+/).filter((word) => word !== "");
    // deno-lint-ignore mgmt/detached -- it needs the terminal, and this program waits for it
    const { success } = await new Deno.Command(program, {
      args: [...args, path],
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    if (!success) return fail(`the editor (${editor}) failed, so nothing is changed`);
    return ok(await Deno.readFile(path));
  } catch (thrown) {
    return fail(`the editor (${editor}) cannot be used: ${reasonOf(thrown)}`, {
      hint: "name another one with EDITOR",
    });
  } finally {
    if (directory !== undefined) await Deno.remove(directory, { recursive: true }).catch(() => {});
  }
}

/** One that nobody else can enter. */
function makePrivateDirectory(): string {
  try {
    return Deno.makeTempDirSync({ dir: IN_MEMORY, prefix: "mgmt-" });
  } catch {
    return Deno.makeTempDirSync({ prefix: "mgmt-" });
  }
}
