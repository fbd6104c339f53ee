/**
 * What all parts of the watcher see of the whole.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Kernel } from "./kernel.ts";
import type { ChangeAuthor } from "./watcher.ts";
import type { PathChange, WatchedDirectory } from "./model.ts";

/** Who knows who changed something, as the watcher's parts see it. */
export interface KnownAuthors {
  watched(directory: WatchedDirectory): void;
  left(directory: WatchedDirectory): void;
  of(change: PathChange): ChangeAuthor | undefined;
  close(): Promise<void>;
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

/** The whole, as its parts see it. */
export interface WatcherContext {
  readonly clock: Clock;
  readonly mounts: MountTable;
  /** The kernel, or the reason why it cannot be used. */
  kernel: Kernel | string;
  /** Who knows who changed something; undefined: nobody does. */
  authors: KnownAuthors | undefined;
  /** Nothing is told any more. */
  closed: boolean;
  /** The way to something wanted is another one now. */
  wayChanged(): void;
  /** Works off what came up, for a moment at once and then in turns, and tells whom it concerns. */
  work(): void;
}

/** In the turns of long work: takes what the kernel has to tell, so that nobody waits until the work is over. */
export function lookMeanwhile({ kernel }: WatcherContext): void {
  if (typeof kernel !== "string") kernel.look();
}
