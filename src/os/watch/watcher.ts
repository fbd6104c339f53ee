/**
 * The watcher: one place that turns many wanted paths into few kernel watches.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";

/** Who changed something, as far as the kernel told. */
export interface ChangeAuthor {
  /** 0: a process outside of this container. */
  readonly pid: number;
  /** The program's name (`sed`), its executable, its systemd unit; absent where it had ended. */
  readonly program?: string;
  readonly executable?: string;
  readonly unit?: string;
  /** The user who logged in, and the terminal. */
  readonly login?: string;
  readonly terminal?: string;
  /** It was a command that this agent ran for its graph, or what that started. */
  readonly command?: true;
  /** The key of the resource that it ran for. */
  readonly resource?: string;
}

/** What was seen to happen outside, as whoever watches hands it on; no look needs anything of it. */
export interface SeenChange {
  /** What it happened to: `file`, `unit`, `package`, `mount`, `command`, … */
  readonly source: string;
  /** The path, or the unit's name. */
  readonly path?: string;
  /** What happened: `removed`, `modified`, `moved here`, … */
  readonly what?: string;
  /** So many more came with it. */
  readonly more?: number;
  /** Who it was: to be asked a moment later, when there is time to know; absent: that is not seen. */
  readonly who?: (() => ChangeAuthor | undefined) | undefined;
}

/** What was seen to happen to an entry of a directory. */
export interface SeenPathChange extends SeenChange {
  readonly path: string;
  /** The last that happened was that something was moved to the name, so that it is there as a whole. */
  readonly moved: boolean;
}

/** A subscription to a path; ends with `close`. */
export interface Watch {
  close(): void;
}

/** A subscription to a file itself. */
export interface FileWatch extends Watch {
  /** Nothing is told any more: the file is gone, and another one may have its place, and its number. */
  readonly isOver: boolean;
}

export interface WatchRequest {
  /** Absolute, normalised, without a trailing slash. It and its parents need not exist. */
  readonly path: string;
  /** Also everything below, when it is a directory. */
  readonly tree: boolean;
  /** Instead of all below: entries of the directory with such names, and what is written into them. */
  readonly entries?: (name: string) => boolean;
  /** Also what a symbolic link at the path leads to, and every link on that way. */
  readonly follow?: boolean;
  /**
   * "Look again." May come without a cause, never too late to matter. Must not throw. Told is the
   * first of what happened; the path is that of a link or of a parent, where it happened to that.
   */
  readonly changed: (seen: SeenPathChange) => void;
}

/** How a part of the file system is watched now, for messages and tests. */
export interface WatcherStatus {
  /** Kernel watches asked for: single directories and recursive roots. */
  readonly directories: readonly string[];
  readonly roots: readonly string[];
  /** Directories that the kernel would not watch and that are polled instead, with the reason. */
  readonly polled: ReadonlyMap<string, string>;
  /** What came of `seeAuthors`; undefined: nobody has asked for it. */
  readonly authors: Result<AuthorsSeen> | undefined;
}

/** What is learned of who changes something. */
export interface AuthorsSeen {
  /** Whether programs are known from their start. */
  readonly programs: boolean;
}

export interface Watcher {
  /** Subscribes to a path. Kernel watches stand when `settle` has resolved. */
  watch(request: WatchRequest): Watch;
  /**
   * Calls back when the file that is at a path now may have changed, also through another name (a hard
   * link), or is gone; undefined where it cannot be watched. Stands at once; what happened before is not told.
   */
  watchFile(path: string, changed: (seen: SeenChange) => void): FileWatch | undefined;
  /** Calls back when something is mounted, unmounted or mounted with other options, anywhere. */
  watchMounts(changed: (seen: SeenChange) => void): Watch;
  /** Brings the kernel watches in line with all subscriptions made so far. */
  settle(): Promise<void>;
  /**
   * Learns from now on who changes what is watched; `programs`: also of each program when it starts.
   * A failure: this machine does not tell, and all else is as it was.
   */
  seeAuthors(programs: boolean): Promise<Result<AuthorsSeen>>;
  status(): WatcherStatus;
  /** Ends all kernel watches; resolves when nothing of them is left. */
  close(): Promise<void>;
}
