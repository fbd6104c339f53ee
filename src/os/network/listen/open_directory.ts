import { fail, ok, reasonOf, type Result } from "../../../base/result.ts";
import { ownUid } from "../../accounts.ts";
import { lstat } from "../../files/stat.ts";

/** A directory that everybody may enter and only this process's user write, made where there is none. */
export function openDirectory(path: string): Result<void> {
  try {
    if (lstat(path) === undefined) {
      Deno.mkdirSync(path);
      // The mode that mkdir takes is less the umask.
      Deno.chmodSync(path, 0o755);
    }
    const found = lstat(path);
    const isOwn = found?.isDirectory === true && found.uid === ownUid() &&
      ((found.mode ?? 0) & 0o022) === 0;
    if (isOwn) return ok(undefined);
    return fail(`${path} is no directory that only its user can write`, { code: "unsafe" });
  } catch (thrown) {
    return fail(`cannot make ${path}: ${reasonOf(thrown)}`, { code: "directory" });
  }
}

/** Whether what is in a directory was put there by root alone. */
export function isRootsDirectory(path: string): boolean {
  try {
    const found = lstat(path);
    return found?.isDirectory === true && found.uid === 0 && ((found.mode ?? 0) & 0o022) === 0;
  } catch {
    return false;
  }
}
