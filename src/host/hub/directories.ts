/**
 * The directories that are watched or polled, each once, however many paths lead to it.
 *
 * @module
 */

import type { Directory } from "./directory.ts";
import type { Kernel } from "./kernel.ts";
import type { PathNode } from "./wishes.ts";

export interface Directories {
  /** Watches a directory, or polls it where the kernel will not. */
  open(path: string, content: boolean): Directory | "missing" | "not-directory";
  byId(id: number): Directory | undefined;
  /** Says that a node leads to this directory. */
  attach(directory: Directory, node: PathNode): void;
  detach(directory: Directory, node: PathNode): void;
  /** Says that the way of a node passes a symbolic link of that name. */
  attachHop(directory: Directory, name: string, node: PathNode): void;
  detachHop(directory: Directory, name: string, node: PathNode): void;
  /** Forgets a directory that the kernel watches no more. */
  drop(directory: Directory): void;
  /** Ends the watches of what nobody needs any more. */
  sweep(): void;
  watched(): Iterable<Directory>;
  polled(): Iterable<Directory>;
}

/** `refused` hears of each directory that is polled from now on. */
export function createDirectories(
  kernel: Kernel | undefined,
  refused: (directory: Directory) => void,
): Directories {
  const watched = new Map<number, Directory>();
  const polled = new Map<string, Directory>();
  const idle = new Set<Directory>();

  function open(path: string, content: boolean): Directory | "missing" | "not-directory" {
    const answer = kernel?.add(path, content) ??
      { type: "other", reason: "the kernel's watches cannot be used" };
    if (typeof answer === "number") return openWatched(answer, path, content);
    if (answer.type === "missing" || answer.type === "not-directory") return answer.type;
    return openPolled(path, answer.reason);
  }

  function openWatched(id: number, path: string, content: boolean): Directory {
    const known = watched.get(id);
    if (known !== undefined) {
      known.path = path;
      known.content ||= content;
      return known;
    }
    const made: Directory = {
      id,
      path,
      content,
      nodes: new Set(),
      hops: undefined,
      reason: undefined,
    };
    watched.set(id, made);
    idle.add(made);
    return made;
  }

  function openPolled(path: string, reason: string): Directory {
    const known = polled.get(path);
    if (known !== undefined) return known;
    const made: Directory = {
      id: undefined,
      path,
      content: true,
      nodes: new Set(),
      hops: undefined,
      reason,
    };
    polled.set(path, made);
    idle.add(made);
    refused(made);
    return made;
  }

  function leave(directory: Directory): void {
    if (directory.nodes.size === 0 && directory.hops === undefined) idle.add(directory);
  }

  function detachHop(directory: Directory, name: string, node: PathNode): void {
    const passing = directory.hops?.get(name);
    if (passing === undefined) return;
    passing.delete(node);
    if (passing.size === 0) directory.hops?.delete(name);
    if (directory.hops?.size === 0) directory.hops = undefined;
    leave(directory);
  }

  function sweep(): void {
    for (const directory of idle) {
      if (directory.nodes.size > 0 || directory.hops !== undefined) continue;
      if (directory.id === undefined) polled.delete(directory.path);
      else if (watched.delete(directory.id)) kernel?.remove(directory.id);
    }
    idle.clear();
  }

  return {
    open,
    byId: (id) => watched.get(id),
    attach: (directory, node) => void directory.nodes.add(node),
    detach(directory, node) {
      directory.nodes.delete(node);
      leave(directory);
    },
    attachHop(directory, name, node) {
      directory.hops ??= new Map();
      const passing = directory.hops.get(name);
      if (passing === undefined) directory.hops.set(name, new Set([node]));
      else passing.add(node);
    },
    detachHop,
    drop(directory) {
      if (directory.id !== undefined) watched.delete(directory.id);
    },
    sweep,
    watched: () => watched.values(),
    polled: () => polled.values(),
  };
}
