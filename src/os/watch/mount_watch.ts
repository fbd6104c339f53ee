import type { Clock, Timer } from "../clock.ts";
import type { WatchedDirectory } from "./path_tree.ts";
import type { Directories, MountTable } from "./directories.ts";

/** Several mounts often come together. */
const PAUSE_MS = 50;

/** Notices what is mounted over something wanted, which no event of a directory tells. */
export interface MountWatch {
  /** Takes note of what is mounted now. */
  start(): void;
  /** The kernel says that something was mounted or unmounted. */
  check(): void;
  stop(): void;
}

export interface MountWatchOptions {
  readonly clock: Clock;
  readonly mounts: MountTable;
  readonly directories: Directories;
  readonly changed: (directory: WatchedDirectory, name: string) => void;
}

/** Makes it; it does nothing before `start`. */
export function createMountWatch(options: MountWatchOptions): MountWatch {
  let known: ReadonlySet<string> = new Set();
  let timer: Timer | undefined;

  function compare(): void {
    timer = undefined;
    const former = known;
    const now = known = mountPoints();
    const different = new Set([...now, ...former].filter((at) => now.has(at) !== former.has(at)));
    const byParent = Map.groupBy(different, (at) => at.slice(0, at.lastIndexOf("/")) || "/");
    for (const each of [...options.directories.watched(), ...options.directories.polled()]) {
      for (const point of byParent.get(each.path) ?? []) {
        options.changed(each, point.slice(point.lastIndexOf("/") + 1));
      }
    }
  }

  function mountPoints(): ReadonlySet<string> {
    return new Set(options.mounts.below("/").map(({ point }) => point));
  }

  return {
    start: () => void (known = mountPoints()),
    check() {
      timer ??= options.clock.after(PAUSE_MS, compare);
    },
    stop: () => timer?.cancel(),
  };
}
