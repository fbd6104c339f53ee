/**
 * Finds the real directories that wanted paths lead through, and keeps them watched.
 *
 * A directory is always watched before anything in it is looked at, and from the root downwards:
 * whatever changes afterwards is an event that brings us here again, so nothing is missed however
 * quickly directories are made, filled, moved and replaced.
 *
 * @module
 */

import { entryPath } from "./directory.ts";
import type { WatchedDirectory } from "./path_tree.ts";
import type { Directories } from "./directories.ts";
import { follows, hasWantedEntries, leadsOn, type PathNode, wantsTree } from "./path_tree.ts";

/** Symbolic links on one way, as in the kernel. */
const LINKS_PER_PATH = 40;
/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 32;

type Hop = { readonly directory: WatchedDirectory; readonly name: string };

/** Where a node leads, and the links that the way passes. */
interface Way {
  readonly place: WatchedDirectory | undefined;
  readonly hops: Hop[];
}

export interface Planner {
  /** The way to this node, and to all below it, must be found again. */
  add(node: PathNode, wake: boolean): void;
  /** Works until nothing is left or the time is over; true when nothing is left. */
  advance(untilMs: number): boolean;
  /** There is nothing to be done. */
  idle(): boolean;
  /** Lets go of all that a node stands for. */
  forget(node: PathNode): void;
}

export interface PlannerOptions {
  readonly directories: Directories;
  readonly nowMs: () => number;
  /** The target of a symbolic link, or undefined where there is none. */
  readonly readLink: (path: string) => string | undefined;
  /** Something at this node may have changed while nobody looked. */
  readonly wake: (node: PathNode) => void;
  /** A way that somebody may know is another one now. */
  readonly wayChanged: () => void;
  /** The directory of a node was looked for again, and found or not. */
  readonly placed: (node: PathNode, wake: boolean) => void;
}

/** A planner without anything to do yet. */
export function createPlanner(options: PlannerOptions): Planner {
  const { directories } = options;
  /** Nodes to do, with whether their wishes must hear of it. The last added is done first. */
  const todo = new Map<PathNode, boolean>();
  let stack: [PathNode, boolean][] = [];

  function advance(untilMs: number): boolean {
    for (let steps = 1;; steps++) {
      const next = take();
      if (next === undefined) return true;
      step(...next);
      if (steps % STEPS_PER_LOOK === 0 && options.nowMs() >= untilMs) {
        return stack.length === 0 && todo.size === 0;
      }
    }
  }

  function take(): [PathNode, boolean] | undefined {
    const deeper = stack.pop();
    if (deeper !== undefined) return deeper;
    for (const entry of todo) {
      todo.delete(entry[0]);
      return entry;
    }
    stack = [];
    return undefined;
  }

  function step(node: PathNode, wake: boolean): void {
    const wakeToo = (todo.get(node) ?? false) || wake;
    todo.delete(node);
    place(node);
    options.placed(node, wakeToo);
    for (const child of node.children?.values() ?? []) {
      if (wakeToo && child.wishes !== undefined) options.wake(child);
      if (leadsOn(child)) stack.push([child, wakeToo]);
    }
    if (wakeToo && node.wishes !== undefined) options.wake(node);
  }

  function place(node: PathNode): void {
    const formerPlace = node.place;
    const formerHops = node.hops;
    const way = leadsOn(node) ? find(node) : nowhere();
    node.place = way.place;
    node.hops = way.hops.length > 0 ? way.hops : undefined;
    for (const hop of way.hops) directories.attachHop(hop.directory, hop.name, node);
    for (const hop of formerHops ?? []) {
      if (!way.hops.some((now) => now.directory === hop.directory && now.name === hop.name)) {
        directories.detachHop(hop.directory, hop.name, node);
      }
    }
    if (node.place !== undefined) directories.attach(node.place, node);
    if (formerPlace !== undefined && formerPlace !== node.place) {
      directories.detach(formerPlace, node);
    }
  }

  function find(node: PathNode): Way {
    const content = hasWantedEntries(node) || wantsTree(node) || follows(node);
    if (node.parent === undefined) return { place: directoryAt("/", content), hops: [] };
    if (node.parent.place === undefined) return nowhere();
    return follow(node.name, node.parent.place, content);
  }

  /** Goes from a directory by a name in it to what that leads to, through links if need be. */
  function follow(entry: string, start: WatchedDirectory, content: boolean): Way {
    const names = [entry];
    const hops: Hop[] = [];
    let here: WatchedDirectory | undefined = start;
    let links = 0;
    for (let name = names.pop(); name !== undefined && here !== undefined; name = names.pop()) {
      if (name === "..") {
        here = directoryAt(here.path.slice(0, here.path.lastIndexOf("/")) || "/", false);
        continue;
      }
      // The entry itself is found through its node; only what its link leads through is a hop.
      if (links > 0) hops.push({ directory: here, name });
      const path = entryPath(here.path, name);
      const found = directories.openEntry(here, name, content && names.length === 0);
      if (typeof found !== "string") {
        here = found;
        continue;
      }
      const target = found === "missing" ? undefined : options.readLink(path);
      if (target === undefined || ++links > LINKS_PER_PATH) {
        // What is written into a file at the end is heard of in its directory.
        if (names.length === 0 && links > 0) directoryAt(here.path, content);
        return { place: undefined, hops };
      }
      if (target.startsWith("/")) here = directoryAt("/", false);
      names.push(...target.split("/").filter((part) => part !== "" && part !== ".").reverse());
    }
    if (here !== undefined && links > 0) here = directoryAt(here.path, content);
    return { place: here, hops };
  }

  function directoryAt(path: string, content: boolean): WatchedDirectory | undefined {
    const found = directories.open(path, content);
    return typeof found === "string" ? undefined : found;
  }

  function forget(node: PathNode): void {
    todo.delete(node);
    for (const hop of node.hops ?? []) directories.detachHop(hop.directory, hop.name, node);
    if (node.place !== undefined) directories.detach(node.place, node);
    node.hops = undefined;
    node.place = undefined;
  }

  return {
    add(node, wake) {
      if (wake) options.wayChanged();
      todo.set(node, wake || (todo.get(node) ?? false));
    },
    advance,
    idle: () => stack.length === 0 && todo.size === 0,
    forget,
  };
}

function nowhere(): Way {
  return { place: undefined, hops: [] };
}
