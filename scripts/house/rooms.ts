import type { SourceFile } from "./source_tree.ts";

/** The largest share of all lines that one room may have. */
export const LARGEST_SHARE = 0.18;

/** Folders whose folders are rooms of their own. */
const HOUSES_IN_THE_HOUSE = ["src/app", "src/cluster", "src/resources"];

/** A room and its lines. */
export interface Room {
  readonly name: string;
  readonly files: number;
  readonly lines: number;
  /** Of all lines, from 0 to 1. */
  readonly share: number;
}

/** The rooms of src/, the largest first; a kind counts by itself, and so do those of the cluster and of the app. */
export function rooms(files: ReadonlyMap<string, SourceFile>): Room[] {
  const all = [...files.values()];
  const total = all.reduce((sum, { lines }) => sum + lines, 0);
  return Object.entries(Object.groupBy(all, ({ path }) => roomOf(path)))
    .map(([name, inside = []]) => {
      const lines = inside.reduce((sum, each) => sum + each.lines, 0);
      return { name, files: inside.length, lines, share: lines / total };
    }).sort((one, other) => other.lines - one.lines);
}

/** The room of a file: `src/os`, `src/cluster/agent`, `src/resources/file`. */
export function roomOf(path: string): string {
  const parts = path.split("/");
  const depth = HOUSES_IN_THE_HOUSE.includes(parts.slice(0, 2).join("/")) ? 3 : 2;
  return parts.slice(0, Math.min(depth, parts.length - 1)).join("/");
}
