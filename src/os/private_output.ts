/**
 * What nobody but its owner may read goes to the standard output. A shell made the file for that before, with
 * the mode of any file, and whoever opened it then can read all that is written there later. So a new file,
 * private from its beginning, takes its place.
 *
 * @module
 */

import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { fail, ok, reasonOf, type Result } from "../base/result.ts";
import { shellWord } from "../base/shell_word.ts";
import { createLocalRandom } from "./local_random.ts";

/** Takes a text, and returns what is still to be printed of it: nothing, where a file has it. */
export type PrivateOutput = (text: string) => Result<string>;

/** Whether secrets may go where the standard output leads: asked before they are made. */
export function privateOutput(): Result<PrivateOutput> {
  try {
    // What is shown to whoever asked for it.
    if (Deno.stdout.isTerminal()) return ok(ok);
    const open = fs.fstatSync(1);
    if (open.isCharacterDevice()) {
      return refused("the standard output is closed or leads to a device");
    }
    if (!open.isFile()) return ok(ok);
    // Who runs without /proc is told that it is not there.
    const path = fs.readlinkSync("/proc/self/fd/1");
    return whyUnsafe(path, open) ?? ok((text) => replace(path, text));
  } catch (thrown) {
    return refused(`where the standard output leads cannot be found out: ${reasonOf(thrown)}`);
  }
}

function whyUnsafe(path: string, open: fs.Stats): Result<never> | undefined {
  const named = fs.lstatSync(path, { throwIfNoEntry: false });
  if (named?.ino !== open.ino || named.dev !== open.dev) {
    return refused(`${path}, where the standard output leads, is another file by now`);
  }
  if (open.size > 0) return refused(`there is something in ${path} already`);
  const own = Deno.uid();
  if (open.uid !== own) {
    return refused(`${path} belongs to the user with the number ${open.uid}`);
  }
  const directory = dirname(path);
  const { mode, uid } = fs.statSync(directory);
  if (uid !== own && uid !== 0) {
    return refused(`${directory} belongs to the user with the number ${uid}`);
  }
  // Where the sticky bit is set (1000), nobody renames what belongs to others.
  if ((mode & 0o022) === 0 || (mode & 0o1000) !== 0) return undefined;
  return refused(`others can write in ${directory}`, `; or chmod go-w ${shellWord(directory)}`);
}

function replace(path: string, text: string): Result<string> {
  const name = `.${basename(path).slice(0, 100)}.${createLocalRandom().hex(8)}~`;
  const beside = join(dirname(path), name);
  try {
    const file = fs.openSync(beside, "wx", 0o600);
    try {
      fs.writeFileSync(file, text);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(beside, path);
    return ok("");
  } catch (thrown) {
    fs.rmSync(beside, { force: true });
    return fail(`cannot write ${path}: ${reasonOf(thrown)}`, { hint: "name another file" });
  }
}

function refused(why: string, more = ""): Result<never> {
  return fail(`this is for its owner alone, and is not printed: ${why}`, {
    code: "secret-unsafe",
    hint: `let > lead to a new file in a directory of yours alone${more}`,
  });
}
