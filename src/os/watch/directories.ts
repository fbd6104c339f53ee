/**
 * The directories that are watched or polled, each once, however many paths lead to it.
 *
 * @module
 */

import { entryPath, isNeeded } from "./directory.ts";
import type { WatchedDirectory } from "./path_tree.ts";
import type { Kernel } from "./kernel.ts";
import type { PathNode } from "./path_tree.ts";

export interface Directories {
  /** Watches a directory, or polls it where the kernel will not. */
  open(path: string, content: boolean): WatchedDirectory | "missing" | "not-directory";
  /** The same for an entry of a directory, which is not touched if it may hang. */
  openEntry(
    directory: WatchedDirectory,
    name: string,
    content: boolean,
  ): WatchedDirectory | "missing" | "not-directory";
  byId(id: number): WatchedDirectory | undefined;
  /** Says that a node leads to this directory. */
  attach(directory: WatchedDirectory, node: PathNode): void;
  detach(directory: WatchedDirectory, node: PathNode): void;
  /** Says that the way of a node passes a symbolic link of that name. */
  attachHop(directory: WatchedDirectory, name: string, node: PathNode): void;
  detachHop(directory: WatchedDirectory, name: string, node: PathNode): void;
  /** To be called when something else no longer needs it. */
  left(directory: WatchedDirectory): void;
  /** Forgets a directory that the kernel watches no more. */
  drop(directory: WatchedDirectory): void;
  /** Ends the watches of what nobody needs any more. */
  sweep(): void;
  /** There are none. */
  swept(): boolean;
  watched(): Iterable<WatchedDirectory>;
  polled(): Iterable<WatchedDirectory>;
}

/** What the watcher needs to know of mounted file systems. */
export interface MountTable {
  /** What is mounted exactly on this directory; `remote`: a look at it may hang. */
  on(path: string): { point: string; type: string; remote: boolean } | undefined;
  /** Those mounted on or below a path; asks the kernel anew. */
  below(path: string): readonly { point: string }[];
  /** Says whether every change will be told by `changed`. */
  tell?(promised: boolean): void;
  changed?(): void;
}

export interface DirectoriesOptions {
  /** The kernel, or the reason why it cannot be used. */
  readonly kernel: () => Kernel | string;
  readonly mounts: MountTable;
  /** Kernel watches to use at most, so that some are left for others. */
  readonly watchLimit: number;
  /** Hears of each directory that is polled from now on. */
  readonly refused: (directory: WatchedDirectory) => void;
}

type OpenedDirectory = WatchedDirectory | "missing" | "not-directory";

/** Makes the empty collection. */
export function createDirectories(options: DirectoriesOptions): Directories {
  const watched = new Map<number, WatchedDirectory>();
  const polled = new Map<string, WatchedDirectory>();
  /** What may be needed no more. */
  const idle = new Set<WatchedDirectory>();

  function open(path: string, content: boolean): OpenedDirectory {
    const remote = remoteMountOf(path);
    return remote === undefined ? openLocal(path, content) : openPolled(path, remote, true);
  }

  function openEntry(directory: WatchedDirectory, name: string, content: boolean): OpenedDirectory {
    const path = entryPath(directory.path, name);
    const mount = options.mounts.on(path);
    if (mount?.remote === true) return openPolled(path, remoteReason(mount), true);
    if (mount !== undefined || directory.polling?.remote !== true) return openLocal(path, content);
    return openPolled(path, directory.polling.reason, true);
  }

  /** Why a look at this path may hang, if it may. */
  function remoteMountOf(path: string): string | undefined {
    for (let at = path;; at = at.slice(0, at.lastIndexOf("/")) || "/") {
      const mount = options.mounts.on(at);
      if (mount !== undefined) return mount.remote ? remoteReason(mount) : undefined;
      if (at === "/") return undefined;
    }
  }

  function openLocal(path: string, content: boolean): OpenedDirectory {
    const kernel = options.kernel();
    if (typeof kernel === "string") return openUnwatched(path, kernel);
    const answer = kernel.add(path, content);
    if (typeof answer !== "number") {
      if (answer.type === "missing" || answer.type === "not-directory") return answer.type;
      return openPolled(path, answer.reason, false);
    }
    if (watched.size < options.watchLimit || watched.has(answer)) {
      return openWatched(answer, path, content);
    }
    kernel.remove(answer);
    return openPolled(path, "too many directories are watched already", false);
  }

  function openWatched(id: number, path: string, content: boolean): WatchedDirectory {
    const known = watched.get(id);
    if (known !== undefined) {
      known.path = path;
      known.content ||= content;
      return known;
    }
    const made: WatchedDirectory = { id, path, content, ...UNUSED, polling: undefined };
    watched.set(id, made);
    idle.add(made);
    return made;
  }

  function openPolled(path: string, reason: string, remote: boolean): WatchedDirectory {
    const known = polled.get(path);
    if (known !== undefined) return known;
    const polling = { reason, remote, seen: new Map<string, string>() };
    const made: WatchedDirectory = { id: undefined, path, content: true, ...UNUSED, polling };
    polled.set(path, made);
    idle.add(made);
    options.refused(made);
    return made;
  }

  function openUnwatched(path: string, reason: string): OpenedDirectory {
    try {
      if (!Deno.lstatSync(path).isDirectory) return "not-directory";
    } catch {
      return "missing";
    }
    return openPolled(path, reason, false);
  }

  function left(directory: WatchedDirectory): void {
    if (!isNeeded(directory)) idle.add(directory);
  }

  function attachHop(directory: WatchedDirectory, name: string, node: PathNode): void {
    directory.hops ??= new Map();
    const passing = directory.hops.get(name);
    if (passing === undefined) directory.hops.set(name, new Set([node]));
    else passing.add(node);
  }

  function detachHop(directory: WatchedDirectory, name: string, node: PathNode): void {
    const passing = directory.hops?.get(name);
    if (passing === undefined) return;
    passing.delete(node);
    if (passing.size === 0) directory.hops?.delete(name);
    if (directory.hops?.size === 0) directory.hops = undefined;
    left(directory);
  }

  function sweep(): void {
    const kernel = options.kernel();
    for (const directory of idle) {
      if (isNeeded(directory)) continue;
      if (directory.id === undefined) polled.delete(directory.path);
      else if (watched.delete(directory.id) && typeof kernel !== "string") {
        kernel.remove(directory.id);
      }
    }
    idle.clear();
  }

  return {
    open,
    openEntry,
    byId: (id) => watched.get(id),
    attach(directory, node) {
      if (!directory.nodes.includes(node)) directory.nodes = [...directory.nodes, node];
    },
    detach(directory, node) {
      directory.nodes = directory.nodes.filter((other) => other !== node);
      left(directory);
    },
    attachHop,
    detachHop,
    left,
    drop(directory) {
      if (directory.id !== undefined) watched.delete(directory.id);
    },
    sweep,
    swept: () => idle.size === 0,
    watched: () => watched.values(),
    polled: () => polled.values(),
  };
}

function remoteReason({ point, type }: { point: string; type: string }): string {
  return `${point} is a ${type} mount, where changes may come unseen`;
}

const UNUSED = { nodes: [], hops: undefined, branch: undefined } as const;
