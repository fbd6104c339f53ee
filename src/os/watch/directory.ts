import type { PathNode } from "./path_tree.ts";

/** A real directory whose entries matter. */
export interface WatchedDirectory {
  /** The kernel's number for it; undefined where it is polled. */
  readonly id: number | undefined;
  /** A path without symbolic links that led to it when it was last looked at. */
  path: string;
  /** Whether what is written into its files is watched too. */
  content: boolean;
  /** Nodes that lead to it; no node twice. */
  nodes: readonly PathNode[];
  /** Names in it that symbolic links pass through, with the nodes that pass. */
  hops: Map<string, Set<PathNode>> | undefined;
  /** What is known of it as a part of wanted trees. */
  branch: Branch | undefined;
  /** Set where it is polled. */
  readonly polling: Polling | undefined;
}

/** A directory inside wanted trees. */
export interface Branch {
  /** The nodes whose trees it belongs to, and the directory through which each reaches it. */
  readonly trees: Map<PathNode, WatchedDirectory | undefined>;
  /** Directories in it. */
  readonly below: Map<string, WatchedDirectory>;
}

/** What polling knows of a directory. */
export interface Polling {
  readonly reason: string;
  /** Whether a look at it may hang, because another machine answers. */
  readonly remote: boolean;
  /** What stood at each name at the last look. */
  seen: Map<string, string>;
}

/** The path of an entry. */
export function entryPath(directoryPath: string, name: string): string {
  return directoryPath === "/" ? "/" + name : directoryPath + "/" + name;
}

/** Whether somebody needs to know of its entries. */
export function isNeeded(directory: WatchedDirectory): boolean {
  return directory.nodes.length > 0 || directory.hops !== undefined ||
    directory.branch !== undefined;
}
