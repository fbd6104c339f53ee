/**
 * The directories that are watched or polled, each once, however many paths lead to it.
 *
 * @module
 */

import type { WatcherContext } from "./context.ts";
import { entryPath, isNeeded, type PathNode, type WatchedDirectory } from "./model.ts";
import type { Refusals } from "./refusals.ts";

/** A directory that is watched or polled from now on, or what is there instead. */
type OpenedDirectory = WatchedDirectory | "missing" | "not-directory";

/** All of them; empty at first. */
export class Directories {
  readonly #context: WatcherContext;
  readonly #refusals: Refusals;
  readonly #watchLimit: number;
  readonly #watched = new Map<number, WatchedDirectory>();
  readonly #polled = new Map<string, WatchedDirectory>();
  /** What may be needed no more. */
  readonly #unneeded = new Set<WatchedDirectory>();

  /**
   * `refusals` hears of each directory that is polled from now on; `watchLimit`: kernel watches to use at most, so
   * that some are left for others.
   */
  constructor(context: WatcherContext, refusals: Refusals, watchLimit: number) {
    this.#context = context;
    this.#refusals = refusals;
    this.#watchLimit = watchLimit;
  }

  /** Nothing is left to `sweep`. */
  get swept(): boolean {
    return this.#unneeded.size === 0;
  }

  get polls(): boolean {
    return this.#polled.size > 0;
  }

  watched(): Iterable<WatchedDirectory> {
    return this.#watched.values();
  }

  polled(): Iterable<WatchedDirectory> {
    return this.#polled.values();
  }

  byId(id: number): WatchedDirectory | undefined {
    return this.#watched.get(id);
  }

  /** Watches a directory, or polls it where the kernel will not. */
  open(path: string, content: boolean): OpenedDirectory {
    const remote = this.#remoteMountOf(path);
    return remote === undefined
      ? this.#openLocal(path, content)
      : this.#openPolled(path, remote, true);
  }

  /** The same for an entry of a directory, which is not touched if it may hang. */
  openEntry(directory: WatchedDirectory, name: string, content: boolean): OpenedDirectory {
    const path = entryPath(directory.path, name);
    const mount = this.#context.mounts.on(path);
    if (mount?.remote === true) return this.#openPolled(path, remoteReason(mount), true);
    if (mount !== undefined || directory.polling?.remote !== true) {
      return this.#openLocal(path, content);
    }
    return this.#openPolled(path, directory.polling.reason, true);
  }

  /** Says that a node leads to this directory. */
  attach(directory: WatchedDirectory, node: PathNode): void {
    if (!directory.nodes.includes(node)) directory.nodes = [...directory.nodes, node];
  }

  detach(directory: WatchedDirectory, node: PathNode): void {
    directory.nodes = directory.nodes.filter((other) => other !== node);
    this.left(directory);
  }

  /** Says that the way of a node passes a symbolic link of that name. */
  attachHop(directory: WatchedDirectory, name: string, node: PathNode): void {
    directory.hops ??= new Map();
    const passing = directory.hops.get(name);
    if (passing === undefined) directory.hops.set(name, new Set([node]));
    else passing.add(node);
  }

  detachHop(directory: WatchedDirectory, name: string, node: PathNode): void {
    const passing = directory.hops?.get(name);
    if (passing === undefined) return;
    passing.delete(node);
    if (passing.size === 0) directory.hops?.delete(name);
    if (directory.hops?.size === 0) directory.hops = undefined;
    this.left(directory);
  }

  /** To be called when something else no longer needs it. */
  left(directory: WatchedDirectory): void {
    if (!isNeeded(directory)) this.#unneeded.add(directory);
  }

  /** Forgets a directory that the kernel watches no more. */
  drop(directory: WatchedDirectory): void {
    if (directory.id === undefined) return;
    this.#watched.delete(directory.id);
    this.#context.authors?.left(directory);
  }

  /** Ends the watches of what nobody needs any more. */
  sweep(): void {
    const { kernel, authors } = this.#context;
    for (const directory of this.#unneeded) {
      if (isNeeded(directory)) continue;
      if (directory.id === undefined) this.#polled.delete(directory.path);
      else if (this.#watched.delete(directory.id) && typeof kernel !== "string") {
        kernel.remove(directory.id);
        authors?.left(directory);
      }
    }
    this.#unneeded.clear();
  }

  /** Why a look at this path may hang, if it may. */
  #remoteMountOf(path: string): string | undefined {
    for (let at = path;; at = at.slice(0, at.lastIndexOf("/")) || "/") {
      const mount = this.#context.mounts.on(at);
      if (mount !== undefined) return mount.remote ? remoteReason(mount) : undefined;
      if (at === "/") return undefined;
    }
  }

  #openLocal(path: string, content: boolean): OpenedDirectory {
    const { kernel } = this.#context;
    if (typeof kernel === "string") return this.#openUnwatched(path, kernel);
    const answer = kernel.add(path, content);
    if (typeof answer !== "number") {
      if (answer.type === "missing" || answer.type === "not-directory") return answer.type;
      return this.#openPolled(path, answer.reason, false);
    }
    if (this.#watched.size < this.#watchLimit || this.#watched.has(answer)) {
      return this.#openWatched(answer, path, content);
    }
    kernel.remove(answer);
    return this.#openPolled(path, "too many directories are watched already", false);
  }

  #openWatched(id: number, path: string, content: boolean): WatchedDirectory {
    const known = this.#watched.get(id);
    const { authors } = this.#context;
    if (known !== undefined) {
      known.path = path;
      if (content && !known.content) {
        known.content = true;
        authors?.watched(known);
      }
      return known;
    }
    const made: WatchedDirectory = { id, path, content, ...UNUSED, polling: undefined };
    this.#watched.set(id, made);
    authors?.watched(made);
    this.#unneeded.add(made);
    return made;
  }

  #openPolled(path: string, reason: string, remote: boolean): WatchedDirectory {
    const known = this.#polled.get(path);
    if (known !== undefined) return known;
    const polling = { reason, remote, seen: new Map<string, string>() };
    const made: WatchedDirectory = { id: undefined, path, content: true, ...UNUSED, polling };
    this.#polled.set(path, made);
    this.#unneeded.add(made);
    this.#refusals.add(made);
    return made;
  }

  #openUnwatched(path: string, reason: string): OpenedDirectory {
    try {
      if (!Deno.lstatSync(path).isDirectory) return "not-directory";
    } catch {
      return "missing";
    }
    return this.#openPolled(path, reason, false);
  }
}

function remoteReason({ point, type }: { point: string; type: string }): string {
  return `${point} is a ${type} mount, where changes may come unseen`;
}

const UNUSED = { nodes: [], hops: undefined, branch: undefined } as const;
