/**
 * What a file resource has to hear of.
 *
 * @module
 */

import { LinkedFiles } from "../../kind/linked_files.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import type { WatchContext } from "../../kind/kind.ts";
import type { FileMemory } from "./check.ts";
import { type FileParams, isTree } from "./params.ts";

/** Hears of its path and of its sources, also through other names. */
export function watch(
  params: FileParams,
  { host, changed, memory }: WatchContext<FileMemory>,
): Watch {
  const { path, source } = params;
  // What is directly in it makes a file of fragments.
  const tree = isTree(params);
  const isSourceTree = tree || params.type === "fragments";
  const watches = new Map<string, Watch>();
  const hear = (each: string, follow: boolean) => {
    if (watches.has(each)) return;
    const deep = follow ? isSourceTree : tree;
    watches.set(each, host.watcher.watch({ path: each, tree: deep, follow, changed }));
  };
  hear(path, false);
  if (source !== undefined && params.type !== "absent") hear(source, true);
  memory.follow = (each) => hear(each, true);
  const linked = memory.linked = new LinkedFiles({ host, changed });
  return {
    close: () => {
      delete memory.follow;
      delete memory.linked;
      linked.close();
      for (const each of watches.values()) each.close();
    },
  };
}
