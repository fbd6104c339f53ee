/**
 * Finds the real directories that wanted paths lead through, and keeps them watched.
 *
 * A directory is always watched before anything in it is looked at, and from the root downwards:
 * whatever changes afterwards is an event that brings us here again, so nothing is missed however
 * quickly directories are made, filled, moved and replaced.
 *
 * @module
 */

import type { WatcherContext } from "./context.ts";
import type { Directories } from "./directories.ts";
import { readLink } from "./machine.ts";
import {
  entryPath,
  type Hop,
  type PathChange,
  type PathNode,
  type WatchedDirectory,
} from "./model.ts";
import type { Notifier } from "./notifier.ts";
import { follows, hasWantedEntries, leadsOn, wantsTree } from "./path_tree.ts";
import type { Trees } from "./trees.ts";

/** Symbolic links on one way, as in the kernel. */
const LINKS_PER_PATH = 40;
/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 32;

/** Where a node leads, and the links that the way passes. */
interface Way {
  readonly place: WatchedDirectory | undefined;
  readonly hops: Hop[];
}

/** What it places nodes in, and who hears of that. */
export interface PlannerParts {
  readonly directories: Directories;
  readonly trees: Trees;
  readonly notifier: Notifier;
}

/** A planner without anything to do yet. */
export class Planner {
  readonly #context: WatcherContext;
  readonly #parts: PlannerParts;
  /** Nodes to do, with what their subscriptions must hear of. The last added is done first. */
  readonly #todo = new Map<PathNode, PathChange | undefined>();
  #stack: [PathNode, PathChange | undefined][] = [];

  constructor(context: WatcherContext, parts: PlannerParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** There is nothing to be done. */
  get idle(): boolean {
    return this.#stack.length === 0 && this.#todo.size === 0;
  }

  /** The way to this node, and to all below it, must be found again; `seen`: who is there hears of it. */
  add(node: PathNode, seen: PathChange | undefined): void {
    if (seen !== undefined) this.#context.wayChanged();
    this.#todo.set(node, seen ?? this.#todo.get(node));
  }

  /** Works until nothing is left or the time is over; true when nothing is left. */
  advance(untilMs: number): boolean {
    for (let steps = 1;; steps++) {
      const next = this.#take();
      if (next === undefined) return true;
      this.#step(...next);
      if (steps % STEPS_PER_LOOK === 0 && this.#context.clock.nowMs() >= untilMs) return this.idle;
    }
  }

  /** Lets go of all that a node stands for. */
  forget(node: PathNode): void {
    const { directories } = this.#parts;
    this.#todo.delete(node);
    for (const hop of node.hops ?? []) directories.detachHop(hop.directory, hop.name, node);
    if (node.place !== undefined) directories.detach(node.place, node);
    node.hops = undefined;
    node.place = undefined;
  }

  #take(): [PathNode, PathChange | undefined] | undefined {
    const deeper = this.#stack.pop();
    if (deeper !== undefined) return deeper;
    for (const entry of this.#todo) {
      this.#todo.delete(entry[0]);
      return entry;
    }
    this.#stack = [];
    return undefined;
  }

  #step(node: PathNode, above: PathChange | undefined): void {
    const { trees, notifier } = this.#parts;
    const seen = this.#todo.get(node) ?? above;
    this.#todo.delete(node);
    this.#place(node);
    trees.place(node, seen);
    for (const child of node.children?.values() ?? []) {
      if (seen !== undefined) notifier.wake(child, seen);
      if (leadsOn(child)) this.#stack.push([child, seen]);
    }
    if (seen !== undefined) notifier.wake(node, seen);
  }

  #place(node: PathNode): void {
    const { directories } = this.#parts;
    const formerPlace = node.place;
    const formerHops = node.hops;
    const way = leadsOn(node) ? this.#find(node) : nowhere();
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

  #find(node: PathNode): Way {
    const content = hasWantedEntries(node) || wantsTree(node) || follows(node);
    if (node.parent === undefined) return { place: this.#directoryAt("/", content), hops: [] };
    if (node.parent.place === undefined) return nowhere();
    return this.#follow(node.name, node.parent.place, content);
  }

  /** Goes from a directory by a name in it to what that leads to, through links if need be. */
  #follow(entry: string, start: WatchedDirectory, content: boolean): Way {
    const names = [entry];
    const hops: Hop[] = [];
    let here: WatchedDirectory | undefined = start;
    let links = 0;
    for (let name = names.pop(); name !== undefined && here !== undefined; name = names.pop()) {
      if (name === "..") {
        here = this.#directoryAt(here.path.slice(0, here.path.lastIndexOf("/")) || "/", false);
        continue;
      }
      // The entry itself is found through its node; only what its link leads through is a hop.
      if (links > 0) hops.push({ directory: here, name });
      const path = entryPath(here.path, name);
      const found = this.#parts.directories.openEntry(here, name, content && names.length === 0);
      if (typeof found !== "string") {
        here = found;
        continue;
      }
      const target = found === "missing" ? undefined : readLink(path);
      if (target === undefined || ++links > LINKS_PER_PATH) {
        // What is written into a file at the end is heard of in its directory.
        if (names.length === 0 && links > 0) this.#directoryAt(here.path, content);
        return { place: undefined, hops };
      }
      if (target.startsWith("/")) here = this.#directoryAt("/", false);
      names.push(...target.split("/").filter((part) => part !== "" && part !== ".").reverse());
    }
    if (here !== undefined && links > 0) here = this.#directoryAt(here.path, content);
    return { place: here, hops };
  }

  #directoryAt(path: string, content: boolean): WatchedDirectory | undefined {
    const found = this.#parts.directories.open(path, content);
    return typeof found === "string" ? undefined : found;
  }
}

function nowhere(): Way {
  return { place: undefined, hops: [] };
}
