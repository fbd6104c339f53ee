/**
 * Whether everybody may read what a graph says.
 *
 * @module
 */

import { join } from "node:path";
import { Openness } from "./openness.ts";

/** Others may read it. */
const OPEN = 0o004;
/** Files of a directory; of more nobody knows. */
const FILES_MOST = 1000;

/**
 * Whether others may read the file (where links lead to), or all that is in the directory: by their modes, and those
 * of the directories above.
 */
export function isGraphOpen(path: string): boolean {
  const openness = new Openness();
  const isOpen = (each: string) =>
    ((Deno.statSync(each).mode ?? 0) & OPEN) !== 0 && openness.isReachable(each);
  try {
    if (!isOpen(path)) return false;
    if (!Deno.statSync(path).isDirectory) return true;
    const names = [...Deno.readDirSync(path).take(FILES_MOST + 1)].map(({ name }) => name);
    return names.length <= FILES_MOST && names.every((name) => isOpen(join(path, name)));
  } catch {
    return false;
  }
}
