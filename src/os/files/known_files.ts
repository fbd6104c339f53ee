/**
 * Files that the agent wrote itself and whose metadata it has watched since. They have no extended
 * attributes and no access list, because nobody has given them any: so they can be replaced without
 * asking a program to copy those, which costs more than the whole write.
 *
 * The runtime tells the time of a change of metadata in whole seconds. Attributes that are set within
 * the same second in which the agent wrote the file can therefore be missed.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Stat } from "./files.ts";

export interface KnownFiles {
  /** Remembers a file just written. */
  remember(path: string, stat: Stat): void;
  /** Takes note of what a file is like now. */
  see(path: string, stat: Stat): void;
  /** Whether the file is one of ours with nothing attached to it. */
  isPlain(path: string, stat: Stat): boolean;
  forget(path: string): void;
}

interface KnownFile {
  readonly device: number;
  readonly inode: number;
  ctimeMs: number;
  mtimeMs: number;
}

/** An empty memory; the oldest entry makes room when there are too many. */
export function createKnownFiles(limit: number = LIMITS.vertices): KnownFiles {
  const files = new Map<string, KnownFile>();

  function see(path: string, stat: Stat): void {
    const known = files.get(path);
    if (known === undefined) return;
    const same = known.inode === stat.inode && known.device === stat.device;
    const touched = known.ctimeMs !== stat.ctimeMs && known.mtimeMs === stat.mtimeMs;
    // Metadata changed and content did not: somebody may have attached something.
    if (!same || touched) files.delete(path);
    else {
      known.ctimeMs = stat.ctimeMs;
      known.mtimeMs = stat.mtimeMs;
    }
  }

  function remember(path: string, stat: Stat): void {
    files.delete(path);
    const { device, inode, ctimeMs, mtimeMs } = stat;
    files.set(path, { device, inode, ctimeMs, mtimeMs });
    if (files.size <= limit) return;
    const oldest = files.keys().next();
    if (!oldest.done) files.delete(oldest.value);
  }

  return {
    remember,
    see,
    isPlain(path, stat) {
      see(path, stat);
      return files.has(path);
    },
    forget: (path) => void files.delete(path),
  };
}
