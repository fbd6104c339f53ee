/**
 * Wanted trees: every directory in them is watched by itself, none is entered through a symbolic
 * link.
 *
 * @module
 */

import type { Branch, WatchedDirectory } from "./path_tree.ts";
import type { Directories } from "./directories.ts";
import { type PathNode, wantsTree } from "./path_tree.ts";

/** Directories on one way, as the kernel's limit of 4,096 bytes allows. */
const LONGEST_WAY = 2048;

export interface Trees {
  /** Brings the tree of a node in line with the directory that the node leads to now. */
  place(node: PathNode, wake: boolean): void;
  /** An entry of a directory inside trees may have come, gone or been replaced. */
  changed(directory: WatchedDirectory, name: string): void;
  /** Does one step of the work that is left; false when there is none. */
  step(): boolean;
  /** There is none. */
  idle(): boolean;
  /** Lets go of what is being read. */
  close(): void;
}

export interface TreesOptions {
  readonly directories: Directories;
  /** The names of the directories in a directory, in pieces; none where it cannot be read. */
  readonly listDirectories: (path: string) => Iterator<readonly string[]>;
  /** Something in this tree may have changed while nobody looked. */
  readonly wake: (node: PathNode) => void;
  /** A way that somebody may know is another one now. */
  readonly wayChanged: () => void;
}

interface TreeStep {
  readonly directory: WatchedDirectory;
  readonly node: PathNode;
  /** The directory through which the tree reaches it; undefined for the start. */
  readonly parent: WatchedDirectory | undefined;
  readonly what: "enter" | "enter and wake" | "leave";
}

/** A directory that a tree enters and that is still being read. */
interface Entering extends TreeStep {
  readonly branch: Branch;
  readonly reading: Iterator<readonly string[]>;
  readonly names: Set<string>;
}

/** Makes the keeper of trees. */
export function createTrees(
  { directories, listDirectories, wake, wayChanged }: TreesOptions,
): Trees {
  /** Where each wanted tree starts. */
  const starts = new Map<PathNode, WatchedDirectory>();
  /** In the order in which it came up: a directory that moved leaves before it comes. */
  let steps: TreeStep[] = [];
  let next = 0;
  let entering: Entering | undefined;

  function place(node: PathNode, wakeToo: boolean): void {
    const former = starts.get(node);
    const now = wantsTree(node) ? node.place : undefined;
    if (former !== undefined && former !== now) {
      starts.delete(node);
      steps.push({ directory: former, node, parent: undefined, what: "leave" });
    }
    if (now === undefined) return;
    starts.set(node, now);
    const what = wakeToo ? "enter and wake" : "enter";
    steps.push({ directory: now, node, parent: undefined, what });
  }

  function changed(directory: WatchedDirectory, name: string): void {
    const branch = directory.branch;
    if (branch === undefined) return;
    wayChanged();
    const below = look(directory, branch, name);
    if (below === undefined) return;
    for (const node of branch.trees.keys()) {
      steps.push({ directory: below, node, parent: directory, what: "enter and wake" });
    }
  }

  /** Finds the directory at a name; one that stood there before leaves the trees. */
  function look(
    directory: WatchedDirectory,
    branch: Branch,
    name: string,
  ): WatchedDirectory | undefined {
    const former = branch.below.get(name);
    const found = directories.openEntry(directory, name, true);
    const now = typeof found === "string" ? undefined : found;
    if (now === undefined) branch.below.delete(name);
    else branch.below.set(name, now);
    if (former === undefined || former === now) return now;
    for (const node of branch.trees.keys()) {
      steps.push({ directory: former, node, parent: directory, what: "leave" });
    }
    return now;
  }

  function step(): boolean {
    if (entering !== undefined) {
      readOn(entering);
      return true;
    }
    const todo = steps[next++];
    if (todo === undefined) {
      steps = [];
      next = 0;
      return false;
    }
    if (todo.what === "leave") leave(todo);
    else enter(todo);
    return true;
  }

  function leave({ directory, node, parent }: TreeStep): void {
    const branch = directory.branch;
    if (branch === undefined || starts.get(node) === directory) return;
    if (!branch.trees.has(node) || branch.trees.get(node) !== parent) return;
    branch.trees.delete(node);
    for (const below of branch.below.values()) {
      steps.push({ directory: below, node, parent: directory, what: "leave" });
    }
    if (branch.trees.size > 0) return;
    directory.branch = undefined;
    directories.left(directory);
  }

  function enter(step: TreeStep): void {
    const { directory, node, parent } = step;
    if (parent !== undefined) {
      if (!parent.branch?.trees.has(node) || isInside(parent, directory, node)) return;
    } else if (starts.get(node) !== directory) return;
    directory.branch ??= { trees: new Map(), below: new Map() };
    const branch = directory.branch;
    if (starts.get(node) !== directory || parent === undefined) branch.trees.set(node, parent);
    if (directory.polling?.remote === true) return;
    const reading = listDirectories(directory.path);
    entering = { ...step, branch, reading, names: new Set() };
  }

  function readOn({ directory, node, what, branch, reading, names }: Entering): void {
    const { value, done } = reading.next();
    if (!done) {
      for (const name of value) {
        names.add(name);
        const below = look(directory, branch, name);
        if (below !== undefined) steps.push({ directory: below, node, parent: directory, what });
      }
      return;
    }
    entering = undefined;
    for (const name of branch.below.keys()) {
      if (!names.has(name)) look(directory, branch, name);
    }
    if (what === "enter and wake") wake(node);
  }

  return {
    place,
    changed,
    step,
    idle: () => entering === undefined && next >= steps.length,
    close: () => void entering?.reading.return?.(),
  };
}

/** Whether a directory is reached through itself, as bind mounts make possible. */
function isInside(parent: WatchedDirectory, directory: WatchedDirectory, node: PathNode): boolean {
  let at: WatchedDirectory | undefined = parent;
  for (let depth = 0; at !== undefined && depth < LONGEST_WAY; depth++) {
    if (at === directory) return true;
    at = at.branch?.trees.get(node);
  }
  return at !== undefined;
}
