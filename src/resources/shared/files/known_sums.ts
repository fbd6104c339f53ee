/**
 * Sums of files that stay as they are: of each only what its stat says is looked at again.
 *
 * @module
 */

import { chainOk } from "../../../base/chain.ts";
import { type Awaitable, ok, type Result } from "../../../base/result.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import type { Stat } from "../../../os/files/files.ts";
import type { FileSight } from "./recent.ts";

/** The kernel's times of changes are as coarse: of what was written so lately another write may not show. */
const SETTLED_MS = 2500;

/** What one resource knows of the files that it looks at. */
export class KnownSums {
  readonly #known = new Map<string, { readonly stat: Stat; readonly sha256: string }>();

  /** The SHA-256 of what stands there. */
  of(
    path: string,
    { stat, content }: FileSight,
    { host: { files, clock }, signal }: WorkContext,
  ): Awaitable<Result<string>> {
    const known = this.#known.get(path);
    if (known !== undefined && isUnchanged(known.stat, stat)) return ok(known.sha256);
    this.#known.delete(path);
    const startMs = clock.wall().getTime();
    return chainOk(files.sum(content ?? { copyOf: path }, signal), (sha256) => {
      const isSettled = Math.max(stat.mtimeMs, stat.ctimeMs) <= startMs - SETTLED_MS;
      if (isSettled) this.#known.set(path, { stat, sha256 });
      return ok(sha256);
    });
  }
}

function isUnchanged(a: Stat, b: Stat): boolean {
  return a.inode === b.inode && a.device === b.device && a.size === b.size &&
    a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;
}
