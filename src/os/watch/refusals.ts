import type { WatchedDirectory } from "./path_tree.ts";

/** Collects what is polled because the kernel will not watch it, and says so once a reason. */
export interface Refusals {
  add(directory: WatchedDirectory): void;
  /** Says what was collected since the last time. */
  tell(): void;
}

/** Makes the collector. */
export function createRefusals(warn: (text: string) => void): Refusals {
  const told = new Set<string>();
  let collected = new Map<string, string[]>();
  return {
    add({ path, polling }) {
      const reason = polling?.reason ?? "";
      if (told.has(reason)) return;
      const paths = collected.get(reason);
      if (paths === undefined) collected.set(reason, [path]);
      else paths.push(path);
    },
    tell() {
      for (const [reason, [first, ...others]] of collected) {
        told.add(reason);
        const more = others.length > 0 ? ` and ${others.length} more` : "";
        warn(`${first}${more}: polled, as the kernel does not watch it: ${reason}`);
      }
      if (collected.size > 0) collected = new Map();
    },
  };
}
