import type { PathNode } from "./wishes.ts";

/** A real directory whose entries matter. */
export interface Directory {
  /** The kernel's number for it; undefined where it is polled. */
  readonly id: number | undefined;
  /** A path without symbolic links that led to it when it was last looked at. */
  path: string;
  /** Whether what is written into its files is watched too. */
  content: boolean;
  /** Nodes that lead to it. */
  readonly nodes: Set<PathNode>;
  /** Names in it that symbolic links pass through, with the nodes that pass. */
  hops: Map<string, Set<PathNode>> | undefined;
  /** Why it is polled. */
  readonly reason: string | undefined;
}

/** The path of an entry. */
export function entryPath(directoryPath: string, name: string): string {
  return directoryPath === "/" ? "/" + name : directoryPath + "/" + name;
}
