/**
 * From what happened in a directory to those who want to know.
 *
 * @module
 */

import type { WatcherContext } from "./context.ts";
import type { Directories } from "./directories.ts";
import { PathChange, type PathNode, type WatchedDirectory } from "./model.ts";
import type { Notifier } from "./notifier.ts";
import { leadsOn } from "./path_tree.ts";
import type { Planner } from "./planner.ts";
import type { Trees } from "./trees.ts";

/** Whom it hands on to. */
export interface DispatcherParts {
  readonly context: WatcherContext;
  readonly root: PathNode;
  readonly directories: Directories;
  readonly planner: Planner;
  readonly trees: Trees;
  readonly notifier: Notifier;
}

/** The dispatcher; what it costs does not grow with what is wanted. */
export class Dispatcher {
  readonly #parts: DispatcherParts;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Something happened to an entry; not `entry`: only to a file's content. */
  changed(
    directory: WatchedDirectory,
    name: string,
    entry: boolean,
    isDirectory: boolean,
    what: string,
  ): void {
    const { root, planner, trees, notifier } = this.#parts;
    // Made where somebody wants to know: most of what happens in a directory concerns nobody.
    let made: PathChange | undefined;
    const seen = () => made ??= this.#seen(directory, name, what);
    if (name === "") {
      // The parent tells of everything else that happens to a directory itself.
      if (directory === root.place) notifier.wake(root, seen());
      return;
    }
    if (isTemporary(name) && !isDirectory) return;
    for (const node of directory.nodes) {
      const child = node.children?.get(name);
      if (child === undefined) continue;
      notifier.wake(child, seen());
      if (entry && leadsOn(child)) planner.add(child, seen());
    }
    for (const node of directory.hops?.get(name) ?? []) {
      if (!entry) notifier.wake(node, seen());
      // Told when what it leads to now is watched.
      else planner.add(node, seen());
    }
    if (directory.branch === undefined) return;
    for (const node of directory.branch.trees.keys()) notifier.wakeTree(node, seen());
    if (entry && (isDirectory || directory.branch.below.has(name))) {
      trees.changed(directory, name, seen());
    }
  }

  #seen({ path }: WatchedDirectory, name: string, what: string): PathChange {
    const { clock, authors } = this.#parts.context;
    return authors === undefined
      ? new PathChange(path, name, what)
      : new PathChange(path, name, what, { atMs: clock.nowMs(), authors });
  }

  /** The entry may be another one, of whatever type, without a word of the kernel. */
  replaced(directory: WatchedDirectory, name: string, what: string): void {
    this.changed(directory, name, true, true, what);
  }

  /** The kernel watches this directory no more. */
  gone(directory: WatchedDirectory): void {
    this.#parts.directories.drop(directory);
    this.retry(directory, "gone");
  }

  /** Everything wanted through this directory must be found again. */
  retry(directory: WatchedDirectory, what: string): void {
    const { planner, trees, notifier } = this.#parts;
    const { branch, path } = directory;
    const seen = new PathChange(path, "", what);
    for (const node of directory.nodes) planner.add(node, seen);
    for (const nodes of directory.hops?.values() ?? []) {
      for (const node of nodes) planner.add(node, seen);
    }
    for (const node of branch?.trees.keys() ?? []) notifier.wakeTree(node, seen);
    for (const parent of new Set(branch?.trees.values())) {
      if (parent !== undefined) trees.changed(parent, path.slice(path.lastIndexOf("/") + 1), seen);
    }
  }
}

/** Whether this is the name of one of our own temporary files, which only their makers care for. */
function isTemporary(name: string): boolean {
  return name.length === TEMPORARY_NAME.length && name.startsWith(".mgmt-") && name.endsWith("~");
}

const TEMPORARY_NAME = ".mgmt-0123456789abcdef~";
