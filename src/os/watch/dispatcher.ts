/**
 * From what happened in a directory to those who want to know.
 *
 * @module
 */

import type { WatchedDirectory } from "./path_tree.ts";
import type { Directories } from "./directories.ts";
import type { Planner } from "./planner.ts";
import type { Trees } from "./trees.ts";
import { leadsOn, type PathNode } from "./path_tree.ts";

export interface Dispatcher {
  /** Something happened to an entry; not `entry`: only to a file's content. */
  changed(
    directory: WatchedDirectory,
    name: string,
    entry: boolean,
    isDirectory: boolean,
    moved?: boolean,
  ): void;
  /** The kernel watches this directory no more. */
  gone(directory: WatchedDirectory): void;
  /** Everything wanted through this directory must be found again. */
  retry(directory: WatchedDirectory): void;
}

export interface DispatcherOptions {
  readonly root: PathNode;
  readonly directories: Directories;
  readonly planner: Planner;
  readonly trees: Trees;
  /** Tells all wishes of a node, and whether something was moved there. */
  readonly wake: (node: PathNode, moved?: boolean) => void;
  /** What the wishes of a node are told with, when they are woken after planning. */
  readonly prepare: (node: PathNode, moved: boolean) => void;
  /** Tells those wishes of a node that are for its tree. */
  readonly wakeTree: (node: PathNode) => void;
}

/** Makes the dispatcher; what it costs does not grow with what is wanted. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { root, directories, planner, trees, wake, prepare, wakeTree } = options;

  function changed(
    directory: WatchedDirectory,
    name: string,
    entry: boolean,
    isDirectory: boolean,
    moved = false,
  ): void {
    if (name === "") {
      // The parent tells of everything else that happens to a directory itself.
      if (directory === root.place) wake(root);
      return;
    }
    if (isTemporary(name) && !isDirectory) return;
    for (const node of directory.nodes) {
      const child = node.children?.get(name);
      if (child === undefined) continue;
      wake(child, moved);
      if (entry && leadsOn(child)) planner.add(child, true);
    }
    for (const node of directory.hops?.get(name) ?? []) {
      if (!entry) wake(node);
      else {
        // Told when what it leads to now is watched.
        prepare(node, moved);
        planner.add(node, true);
      }
    }
    if (directory.branch === undefined) return;
    for (const node of directory.branch.trees.keys()) wakeTree(node);
    if (entry && (isDirectory || directory.branch.below.has(name))) trees.changed(directory, name);
  }

  function gone(directory: WatchedDirectory): void {
    directories.drop(directory);
    retry(directory);
  }

  function retry(directory: WatchedDirectory): void {
    for (const node of directory.nodes) planner.add(node, true);
    for (const nodes of directory.hops?.values() ?? []) {
      for (const node of nodes) planner.add(node, true);
    }
    const { branch, path } = directory;
    for (const node of branch?.trees.keys() ?? []) wakeTree(node);
    for (const parent of new Set(branch?.trees.values())) {
      if (parent !== undefined) trees.changed(parent, path.slice(path.lastIndexOf("/") + 1));
    }
  }

  return { changed, gone, retry };
}

/** Whether this is the name of one of our own temporary files, which only their makers care for. */
function isTemporary(name: string): boolean {
  return name.length === TEMPORARY_NAME.length && name.startsWith(".mgmt-") && name.endsWith("~");
}

const TEMPORARY_NAME = ".mgmt-0123456789abcdef~";
