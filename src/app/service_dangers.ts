/**
 * What can go wrong with the files that a service runs, long after it was installed.
 *
 * @module
 */

import { dirname } from "node:path";
import type { Files } from "../host/files/files.ts";

/** Places that are empty after the next start of the host. */
const SHORT_LIVED = ["/tmp", "/var/tmp", "/run", "/dev"];
/** Places that may not be there, or be somebody else's to tidy, when the host starts. */
const PERSONAL = ["/home", "/root"];

/** Says what to know before a service runs `path` (absolute) as root; nothing: all is well. */
export async function serviceDangers(files: Pick<Files, "look">, path: string): Promise<string[]> {
  const dangers: string[] = [];
  const isBelow = (place: string) => path.startsWith(`${place}/`);
  const lost = SHORT_LIVED.find(isBelow);
  if (lost !== undefined) {
    dangers.push(`${path} may be gone after a restart of the host, as all in ${lost}`);
  }
  const home = PERSONAL.find(isBelow);
  if (home !== undefined) {
    dangers.push(`${path} is in a home directory, which may not be there when the host starts`);
  }
  const open = await replaceable(files, path);
  if (open !== undefined) {
    dangers.push(`${open} can be changed by others than root, who then decide what root runs`);
  }
  return dangers;
}

/** The file itself, or the directory on the way to it, that others than root can write. */
async function replaceable(
  files: Pick<Files, "look">,
  path: string,
): Promise<string | undefined> {
  for (let place = path;; place = dirname(place)) {
    const seen = await files.look(place);
    if (seen.ok && (seen.value.type === "file" || seen.value.type === "directory")) {
      const { mode, uid } = seen.value.stat;
      // In a directory with the sticky bit, what others own stays theirs.
      const open = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
      if (uid !== 0 || open) return place;
    }
    if (place === "/") return undefined;
  }
}
