/**
 * Wanted trees: every directory in them is watched by itself, none is entered through a symbolic
 * link.
 *
 * @module
 */

import type { WatcherContext } from "./context.ts";
import type { Directories } from "./directories.ts";
import { listDirectories } from "./machine.ts";
import type { Branch, PathChange, PathNode, WatchedDirectory } from "./model.ts";
import type { Notifier } from "./notifier.ts";
import { wantsBelow, wantsTree } from "./path_tree.ts";

/** Directories on one way, as the kernel's limit of 4,096 bytes allows. */
const LONGEST_WAY = 2048;

interface TreeStep {
  readonly directory: WatchedDirectory;
  readonly node: PathNode;
  /** The directory through which the tree reaches it; undefined for the start. */
  readonly parent: WatchedDirectory | undefined;
  readonly what: "enter" | "leave";
  /** What those who want the tree hear of then; undefined: nothing. */
  readonly seen?: PathChange | undefined;
}

/** A directory that a tree enters and that is still being read. */
interface Entering extends TreeStep {
  readonly branch: Branch;
  readonly reading: Iterator<readonly string[]>;
  readonly names: Set<string>;
}

/** The keeper of trees. */
export class Trees {
  readonly #context: WatcherContext;
  readonly #directories: Directories;
  readonly #notifier: Notifier;
  /** Where each wanted tree starts. */
  readonly #starts = new Map<PathNode, WatchedDirectory>();
  /** In the order in which it came up: a directory that moved leaves before it comes. */
  #steps: TreeStep[] = [];
  #next = 0;
  #entering: Entering | undefined;

  constructor(context: WatcherContext, directories: Directories, notifier: Notifier) {
    this.#context = context;
    this.#directories = directories;
    this.#notifier = notifier;
  }

  /** No work is left. */
  get idle(): boolean {
    return this.#entering === undefined && this.#next >= this.#steps.length;
  }

  /** Brings the tree of a node in line with the directory that the node leads to now. */
  place(node: PathNode, seen: PathChange | undefined): void {
    const former = this.#starts.get(node);
    const now = wantsTree(node) ? node.place : undefined;
    if (former !== undefined && former !== now) {
      this.#starts.delete(node);
      this.#steps.push({ directory: former, node, parent: undefined, what: "leave" });
    }
    if (now === undefined) return;
    this.#starts.set(node, now);
    this.#steps.push({ directory: now, node, parent: undefined, what: "enter", seen });
  }

  /** An entry of a directory inside trees may have come, gone or been replaced. */
  changed(directory: WatchedDirectory, name: string, seen: PathChange): void {
    const branch = directory.branch;
    if (branch === undefined) return;
    this.#context.wayChanged();
    const deep = [...branch.trees.keys()].filter(wantsBelow);
    if (deep.length === 0 && !branch.below.has(name)) return;
    const below = this.#look(directory, branch, name);
    if (below === undefined) return;
    for (const node of deep) {
      this.#steps.push({ directory: below, node, parent: directory, what: "enter", seen });
    }
  }

  /** Does one step of the work that is left; false when there is none. */
  step(): boolean {
    if (this.#entering !== undefined) {
      this.#readOn(this.#entering);
      return true;
    }
    const todo = this.#steps[this.#next++];
    if (todo === undefined) {
      this.#steps = [];
      this.#next = 0;
      return false;
    }
    if (todo.what === "leave") this.#leave(todo);
    else this.#enter(todo);
    return true;
  }

  /** Lets go of what is being read. */
  close(): void {
    this.#entering?.reading.return?.();
  }

  /** Finds the directory at a name; one that stood there before leaves the trees. */
  #look(
    directory: WatchedDirectory,
    branch: Branch,
    name: string,
  ): WatchedDirectory | undefined {
    const former = branch.below.get(name);
    const found = this.#directories.openEntry(directory, name, true);
    const now = typeof found === "string" ? undefined : found;
    if (now === undefined) branch.below.delete(name);
    else branch.below.set(name, now);
    if (former === undefined || former === now) return now;
    for (const node of branch.trees.keys()) {
      this.#steps.push({ directory: former, node, parent: directory, what: "leave" });
    }
    return now;
  }

  #leave({ directory, node, parent }: TreeStep): void {
    const branch = directory.branch;
    if (branch === undefined || this.#starts.get(node) === directory) return;
    if (!branch.trees.has(node) || branch.trees.get(node) !== parent) return;
    branch.trees.delete(node);
    for (const below of branch.below.values()) {
      this.#steps.push({ directory: below, node, parent: directory, what: "leave" });
    }
    if (branch.trees.size > 0) return;
    directory.branch = undefined;
    this.#directories.left(directory);
  }

  #enter(step: TreeStep): void {
    const { directory, node, parent, seen } = step;
    if (parent !== undefined) {
      if (!parent.branch?.trees.has(node) || isInside(parent, directory, node)) return;
    } else if (this.#starts.get(node) !== directory) return;
    directory.branch ??= { trees: new Map(), below: new Map() };
    const branch = directory.branch;
    if (this.#starts.get(node) !== directory || parent === undefined) {
      branch.trees.set(node, parent);
    }
    if (!wantsBelow(node)) {
      if (seen !== undefined) this.#notifier.wakeTree(node, seen);
      return;
    }
    if (directory.polling?.remote === true) return;
    const reading = listDirectories(directory.path);
    this.#entering = { ...step, branch, reading, names: new Set() };
  }

  #readOn({ directory, node, what, seen, branch, reading, names }: Entering): void {
    const { value, done } = reading.next();
    if (!done) {
      for (const name of value) {
        names.add(name);
        const below = this.#look(directory, branch, name);
        if (below !== undefined) {
          this.#steps.push({ directory: below, node, parent: directory, what, seen });
        }
      }
      return;
    }
    this.#entering = undefined;
    for (const name of branch.below.keys()) {
      if (!names.has(name)) this.#look(directory, branch, name);
    }
    if (seen !== undefined) this.#notifier.wakeTree(node, seen);
  }
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
