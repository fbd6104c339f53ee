import type { WatchedDirectory } from "./path_tree.ts";

/** The path of an entry. */
export function entryPath(directoryPath: string, name: string): string {
  return directoryPath === "/" ? "/" + name : directoryPath + "/" + name;
}

/** Whether somebody needs to know of its entries. */
export function isNeeded(directory: WatchedDirectory): boolean {
  return directory.nodes.length > 0 || directory.hops !== undefined ||
    directory.branch !== undefined;
}
