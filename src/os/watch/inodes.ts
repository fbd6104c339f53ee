/**
 * Files that have several names: what is written through another name is heard of only where the file
 * itself is watched, not its directory.
 *
 * @module
 */

import type { WatcherContext } from "./context.ts";
import { PathChange } from "./model.ts";
import type { FileWatch, SeenChange } from "./watcher.ts";

/** The files that are watched for themselves; none at first. */
export class Inodes {
  readonly #context: WatcherContext;
  readonly #watched = new Map<number, Set<(what: string) => void>>();

  constructor(context: WatcherContext) {
    this.#context = context;
  }

  /** Watches the file that is at a path now; undefined where it cannot be watched. */
  watch(path: string, changed: (seen: SeenChange) => void): FileWatch | undefined {
    const { kernel } = this.#context;
    if (typeof kernel === "string") return undefined;
    const id = kernel.addFile(path);
    if (typeof id !== "number") return undefined;
    const listeners = this.#watched.get(id) ?? new Set();
    this.#watched.set(id, listeners);
    const listener = (what: string) => changed(new PathChange(path, "", what));
    listeners.add(listener);
    const isOver = () => this.#watched.get(id) !== listeners;
    return {
      get isOver() {
        return isOver();
      },
      close: () => {
        if (listeners.delete(listener) && listeners.size === 0) this.#end(id);
      },
    };
  }

  /** Something happened to the file with this number. */
  changed(id: number, what: string): void {
    for (const listener of [...this.#watched.get(id) ?? []]) listener(what);
  }

  /** The kernel watches it no more. */
  gone(id: number): void {
    const listeners = this.#watched.get(id) ?? [];
    this.#watched.delete(id);
    for (const listener of [...listeners]) listener("removed");
  }

  #end(id: number): void {
    const { kernel } = this.#context;
    if (this.#watched.delete(id) && typeof kernel !== "string") kernel.remove(id);
  }
}
