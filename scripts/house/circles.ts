import type { SourceFile } from "./source_tree.ts";

/**
 * Files that import each other, directly or through others, types included.
 *
 * Tarjan's strongly connected components; those of one file are no circle.
 */
export function importCircles(files: ReadonlyMap<string, SourceFile>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (path: string): void => {
    const number = index.size;
    index.set(path, number);
    low.set(path, number);
    open.push(path);
    for (const target of files.get(path)?.imports.keys() ?? []) {
      if (!files.has(target)) continue;
      if (!index.has(target)) visit(target);
      if (open.includes(target)) low.set(path, Math.min(low.get(path)!, low.get(target)!));
    }
    if (low.get(path) !== number) return;
    const circle = open.splice(open.indexOf(path));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const path of files.keys()) if (!index.has(path)) visit(path);
  return circles.sort();
}
