/**
 * The watcher: one place that turns many wanted paths into few kernel watches.
 *
 * @module
 */

/** A subscription to a path; ends with `close`. */
export interface Watch {
  close(): void;
}

export interface WatchRequest {
  /** Absolute, normalised, without a trailing slash. It and its parents need not exist. */
  readonly path: string;
  /** Also everything below, when it is a directory. */
  readonly tree: boolean;
  /** Also what a symbolic link at the path leads to, and every link on that way. */
  readonly follow?: boolean;
  /**
   * "Look again." May come without a cause, never too late to matter. Must not throw. `moved`: the
   * last that happened was that something was moved to this path, so that it is there as a whole.
   */
  readonly changed: (moved: boolean) => void;
}

/** How a part of the file system is watched now, for messages and tests. */
export interface WatcherStatus {
  /** Kernel watches asked for: single directories and recursive roots. */
  readonly directories: readonly string[];
  readonly roots: readonly string[];
  /** Directories that the kernel would not watch and that are polled instead, with the reason. */
  readonly polled: ReadonlyMap<string, string>;
}

export interface Watcher {
  /** Subscribes to a path. Kernel watches stand when `settle` has resolved. */
  watch(request: WatchRequest): Watch;
  /**
   * Calls back when the file that is at a path now may have changed, also through another name (a hard
   * link); undefined where it cannot be watched. Stands at once; what happened before is not told.
   */
  watchFile(path: string, changed: () => void): Watch | undefined;
  /** Calls back when something is mounted, unmounted or mounted with other options, anywhere. */
  watchMounts(changed: () => void): Watch;
  /** Brings the kernel watches in line with all subscriptions made so far. */
  settle(): Promise<void>;
  status(): WatcherStatus;
  /** Ends all kernel watches; resolves when nothing of them is left. */
  close(): Promise<void>;
}
