/**
 * Cleaning up after a run that was killed while it wrote.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import { list } from "./list.ts";
import { look } from "./look.ts";
import { join } from "./paths.ts";
import { remove } from "./entries.ts";
import { runOf } from "./temporaries.ts";
import type { FilesContext } from "./files_context.ts";

/** Removes what earlier runs recorded; gives the number of entries. */
export async function recover(context: FilesContext): Promise<Result<number>> {
  let count = 0;
  for (const { run, directory } of context.temporaries.recorded()) {
    const listed = await list(context, directory);
    // A directory that is gone, or cannot be read any more, holds nothing to be done.
    if (!listed.ok) continue;
    for (const { name } of listed.value.entries) {
      if (runOf(name) !== run) continue;
      const path = join(directory, name);
      const seen = await look(context, path);
      if (!seen.ok) continue;
      const removed = await remove(context, path, seen.value, { tree: true });
      if (removed.ok) count++;
      else context.warn(`a temporary file was left behind: ${removed.failure.message}`);
    }
  }
  context.temporaries.clear();
  return ok(count);
}
