/**
 * Files that have several names: what is written through another name is heard of only where the file
 * itself is watched, not its directory.
 *
 * @module
 */

import type { Watch } from "./watcher.ts";
import type { Kernel } from "./kernel.ts";

export interface Inodes {
  /** Watches the file that is at a path now; undefined where it cannot be watched. */
  watch(path: string, changed: () => void): Watch | undefined;
  /** Something happened to the file with this number; whether there is one. */
  changed(id: number): void;
  /** The kernel watches it no more. */
  gone(id: number): void;
}

/** Makes the empty collection; `kernel`: what watches, or the reason why nothing does. */
export function createInodes(kernel: () => Kernel | string): Inodes {
  const watched = new Map<number, Set<() => void>>();

  function watch(path: string, changed: () => void): Watch | undefined {
    const open = kernel();
    if (typeof open === "string") return undefined;
    const id = open.addFile(path);
    if (typeof id !== "number") return undefined;
    const listeners = watched.get(id) ?? new Set();
    watched.set(id, listeners);
    const listener = () => changed();
    listeners.add(listener);
    return {
      close() {
        if (!listeners.delete(listener) || listeners.size > 0 || !watched.delete(id)) return;
        const still = kernel();
        if (typeof still !== "string") still.remove(id);
      },
    };
  }

  return {
    watch,
    changed(id) {
      for (const listener of [...watched.get(id) ?? []]) listener();
    },
    gone: (id) => void watched.delete(id),
  };
}
