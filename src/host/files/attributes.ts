/**
 * What a program has to do because the runtime cannot: copying extended attributes and access
 * lists, and changing the owner of a symbolic link.
 *
 * @module
 */

import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import { errorCode } from "./system_error.ts";

const decoder = new TextDecoder();
const latin1 = new TextDecoder("latin1");

/**
 * Starts copying mode, access list and extended attributes from one entry to another. It must be
 * called inside the directory (`section.ts`): the program inherits the working directory.
 */
export function startCopyAttributes(from: string, to: string): Promise<Result<void>> {
  return start("cp", ["--attributes-only", "--preserve=mode,xattr", "-P", "-T", "--", from, to]);
}

/** Starts changing the owner of a link itself; -1 leaves as is. Called inside the directory. */
export function startChangeLinkOwner(
  link: string,
  uid: number | undefined,
  gid: number | undefined,
): Promise<Result<void>> {
  return start("chown", ["-h", "--", `${uid ?? ""}${gid === undefined ? "" : `:${gid}`}`, link]);
}

/**
 * Starts asking whether a small file has extended attributes or an access list: in the archive that
 * `tar` makes of it they would have names. Called inside the directory. A content that looks so too
 * counts as attached, which only costs time.
 */
export async function startHasAttached(name: string): Promise<boolean> {
  const options = ["--format=posix", "--xattrs", "--xattrs-include=*", "--acls"];
  const args = ["-c", "-f", "-", ...options, "--no-recursion", "--", name];
  try {
    const tar = new Deno.Command("tar", { args, stdin: "null", stdout: "piped", stderr: "null" });
    const { success, stdout } = await tar.spawn().output();
    return !success || /SCHILY\.(xattr|acl)\./.test(latin1.decode(stdout));
  } catch {
    // Without the program nobody can tell.
    return true;
  }
}

function start(program: string, args: string[]): Promise<Result<void>> {
  let child: Deno.ChildProcess;
  try {
    const options = { args, stdin: "null", stdout: "null", stderr: "piped" } as const;
    child = new Deno.Command(program, { ...options, env: { LC_ALL: "C" } }).spawn();
  } catch (thrown) {
    if (errorCode(thrown) === undefined) throw thrown;
    return Promise.resolve(fail(`${program} is not on this host`, { code: "no-program" }));
  }
  return finish(program, child);
}

async function finish(program: string, child: Deno.ChildProcess): Promise<Result<void>> {
  const { success, stderr } = await child.output();
  if (success) return ok(undefined);
  const reason = decoder.decode(stderr).trim().split("\n", 1)[0] ?? "";
  return fail(reason === "" ? `${program} failed` : reason, { code: "program-failed" });
}
