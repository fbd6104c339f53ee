/**
 * Files of state that are written while the agent works: by the door of the host, so that nothing waits
 * for the disk.
 *
 * @module
 */

import { ok, type Result } from "../base/result.ts";
import type { Files } from "../os/files/files.ts";

/** Makes or replaces a file that only the agent's user reads, and its directory if need be. */
export async function keepFile(
  files: Files,
  { directory, name, content }: {
    readonly directory: string;
    readonly name: string;
    readonly content: string;
  },
): Promise<Result<void>> {
  const here = await files.look(directory);
  if (!here.ok) return here;
  if (here.value.type === "absent") {
    const made = await files.makeDirectory(directory, { mode: 0o700 });
    if (!made.ok) return made;
  }
  const path = `${directory}/${name}`;
  const seen = await files.look(path);
  if (!seen.ok) return seen;
  const bytes = new TextEncoder().encode(content);
  return await files.write({ path, content: bytes, seen: seen.value, mode: 0o600 });
}

/** Removes the oldest files beyond so many; what cannot be removed stays. */
export async function pruneFiles(
  files: Files,
  { directory, most }: { readonly directory: string; readonly most: number },
): Promise<Result<void>> {
  const listed = await files.list(directory);
  if (!listed.ok || listed.value.entries.length <= most) return ok(undefined);
  const found = [];
  for (const { name } of listed.value.entries) {
    const path = `${directory}/${name}`;
    const seen = await files.look(path);
    if (seen.ok && seen.value.type === "file") found.push({ path, seen: seen.value });
  }
  found.sort((a, b) => b.seen.stat.mtimeMs - a.seen.stat.mtimeMs);
  for (const { path, seen } of found.slice(most)) await files.remove(path, seen, { tree: false });
  return ok(undefined);
}
