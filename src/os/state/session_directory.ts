import { join } from "node:path";
import { ok, type Result } from "../../base/result.ts";
import { lstat } from "../files/stat.ts";
import { defaultPrefix } from "./state_directory.ts";

/**
 * Where this user's own files go that are for a session of work; where it has no such place, that of its
 * state. A directory of somebody else's, which `sudo -E` hands on, is none.
 */
export function sessionDirectory(): Result<string> {
  const named = Deno.env.get("XDG_RUNTIME_DIR");
  return named?.startsWith("/") && isOwn(named) ? ok(join(named, "mgmt")) : defaultPrefix();
}

function isOwn(path: string): boolean {
  try {
    const found = lstat(path);
    return found?.isDirectory === true && found.uid === Deno.uid() &&
      ((found.mode ?? 0) & 0o022) === 0;
  } catch {
    return false;
  }
}
