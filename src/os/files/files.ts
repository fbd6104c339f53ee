/**
 * What the program can see and do in the file system. No call follows a symbolic link that
 * somebody else could have planted, no call hangs on a FIFO, a device or a dead mount, and every
 * replacement leaves the old or the new content, whatever happens in between.
 *
 * @module
 */

import type { Awaitable, Failure, Result } from "../../base/result.ts";

/** What `lstat` says of one path. */
export interface Stat {
  readonly type: "file" | "directory" | "symlink" | "other";
  /** Permission bits with set-id and sticky bits (0-07777). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly device: number;
  readonly inode: number;
  /** Number of hard links. */
  readonly links: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** What stands at a path now, the last component not followed. */
export type Sight =
  /**
   * `nearestParent` is set when the parent directory is missing too: the nearest that exists;
   * `obstacle` is what stands in the place of a directory on the way.
   */
  | { readonly type: "absent"; readonly nearestParent?: string; readonly obstacle?: string }
  /** `content` is set when it was asked for and the file is not larger than asked. */
  | { readonly type: "file"; readonly stat: Stat; readonly content?: Uint8Array }
  | { readonly type: "directory"; readonly stat: Stat }
  /** `directory`: where it stands, reached without links, which `..` in its target goes out from. */
  | {
    readonly type: "symlink";
    readonly stat: Stat;
    readonly target: string;
    readonly directory: string;
  }
  /**
   * `what`: "a FIFO", "a socket", "a character device", "a block device"; of the last `device` is what
   * the kernel calls it, as `major:minor`.
   */
  | {
    readonly type: "other";
    readonly stat: Stat;
    readonly what: string;
    readonly device?: string;
  };

export interface LookOptions {
  /** Read the content of a regular file that has at most so many bytes. Default: do not read. */
  readonly contentUpToBytes?: number;
  readonly signal?: AbortSignal;
}

/** Owner and mode to set; what is left out stays, or is the default of a new entry. */
export interface Attributes {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** Bytes, or the absolute path of a regular file that has them, and how many of them are copied. */
export type Content = Uint8Array | { readonly copyOf: string; readonly maxBytes?: number };

/** A content that comes piece by piece, once; what its source throws is a failure of whoever reads it. */
export interface StreamedContent {
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** A regular file that is open for reading. */
export interface OpenFile {
  readonly size: number;
  /** Reads into the buffer; the count is smaller than the buffer only at the end of the file. */
  read(buffer: Uint8Array, position: number, signal?: AbortSignal): Promise<Result<number>>;
  close(): void;
}

/** A directory that is filled before it takes its place; until then nobody else can enter it. */
export interface StagedDirectory {
  /** Where it is filled. */
  readonly path: string;
  /** Puts it in its place, where nothing or an empty directory stands, once all in it is on the disk. */
  place(attributes: DirectoryAttributes): Promise<Result<void>>;
  /** Removes it with all in it. */
  discard(): Promise<void>;
}

/** Those of a new directory. */
export interface DirectoryAttributes extends Attributes {
  /**
   * It keeps the set-group-id bit that it gets from the directory it is in. Unless told, that is so
   * where no mode is given.
   */
  readonly inheritsGroup?: boolean;
}

export interface WriteRequest extends Attributes {
  readonly path: string;
  readonly content: Content | StreamedContent;
  /** Write into the existing inode instead of replacing it (bind mounts, hard links). */
  readonly inPlace?: boolean;
  /** What the caller saw there; a difference in type at the time of the write is a failure. */
  readonly seen: Sight;
  /** Also fail, with the code `changed`, where the file is not the version that the caller saw. */
  readonly ifUnchanged?: boolean;
  /** Called with the finished temporary file before it takes the place of the old one. */
  readonly validate?: (temporaryPath: string) => Promise<Failure | undefined>;
  readonly signal?: AbortSignal;
}

/** How a link is made. */
export interface LinkRequest extends Attributes {
  /** What the caller saw there; another entry or version at the time of the change is a failure. */
  readonly seen: Sight;
}

/** A change that somebody may make. */
export interface ForeseenChange {
  readonly path: string;
  /** What stands there now. */
  readonly seen: Sight;
  /**
   * `replace`: a regular file is made or replaced; `make`: a directory or a link is; `write-into`: a
   * file is written as it stands there.
   */
  readonly does: "replace" | "make" | "write-into" | "attributes" | "remove";
}

export interface DirectoryEntry {
  readonly name: string;
  readonly type: Stat["type"];
}

/** An entry whose name is not UTF-8, so that no path leads to it. */
export interface RawDirectoryEntry {
  readonly bytes: Uint8Array;
  /** The name with `\xff` for what is not ASCII. */
  readonly shown: string;
  readonly type: Stat["type"];
}

export interface Files {
  /** Looks at a path. Synchronous for what is small and local, so that healing is quick. */
  look(path: string, options?: LookOptions): Awaitable<Result<Sight>>;
  /**
   * The entries of a directory, sorted by name; a link to a directory is followed where only root
   * could have made it.
   */
  list(
    path: string,
    signal?: AbortSignal,
  ): Awaitable<Result<{ entries: DirectoryEntry[]; unnameable: readonly RawDirectoryEntry[] }>>;
  /** Whether a regular file holds exactly these bytes; streams, with a deadline for each step. */
  equals(
    path: string,
    content: Content,
    signal?: AbortSignal,
  ): Awaitable<Result<boolean>>;
  /** Makes or replaces a regular file; keeps mode, owner and extended attributes unless told. */
  write(request: WriteRequest): Awaitable<Result<void>>;
  /** Opens what must be a regular file. */
  open(path: string, signal?: AbortSignal): Awaitable<Result<OpenFile>>;
  /** Makes an empty directory beside a path, in an existing parent, that is to take its place. */
  stage(path: string): Awaitable<Result<StagedDirectory>>;
  /** Makes one directory (0755 unless told) in an existing parent. */
  makeDirectory(path: string, attributes: DirectoryAttributes): Awaitable<Result<void>>;
  /** Makes a symbolic link, or atomically replaces what was seen there and nothing else. */
  makeLink(path: string, target: string, request: LinkRequest): Awaitable<Result<void>>;
  /** Sets owner and mode of the entry that was seen, never of one put in its place. */
  setAttributes(path: string, seen: Sight, attributes: Attributes): Awaitable<Result<void>>;
  /** Removes what was seen there; a directory with all its content only with `tree`. */
  remove(path: string, seen: Sight, options: { tree: boolean }): Awaitable<Result<void>>;
  /**
   * Why a change would be refused, from what is there: the parent is missing, the file system
   * read-only, a mount in the way, a flag set, no permission. It changes nothing; what it does not
   * know of may still be refused.
   */
  foresee(change: ForeseenChange, signal?: AbortSignal): Awaitable<Failure | undefined>;
  /** Keeps a copy below the prefix of what is about to be overwritten or removed. */
  backup(path: string, seen: Sight): Awaitable<Result<void>>;
  /** The SHA-256 of a content, as hexadecimal digits. */
  sum(content: Content | StreamedContent, signal?: AbortSignal): Awaitable<Result<string>>;
  /** Keeps a copy of a content for which there is no file; the result is its sum. */
  keep(what: string, content: Uint8Array): Result<string>;
  /** The copy that was kept of a content with that sum; a failure where there is none any more. */
  kept(sha256: string, signal?: AbortSignal): Awaitable<Result<Content>>;
  /** The sum of what was kept last of a path, in this run. */
  lastKept(path: string): string | undefined;
  /** Has a copy stay, whatever is limited, and lets it go again. */
  pin(sha256: string): Result<void>;
  unpin(sha256: string): Result<void>;
  /** Removes an entry of a directory whose name is not UTF-8, with all in it, after a copy was kept. */
  removeUnnameable(directory: string, entry: RawDirectoryEntry): Promise<Result<void>>;
  /**
   * Whether a name is that of a temporary file of an agent: `own` of this run, `foreign` of another
   * one, which may run or have crashed.
   */
  isTemporary(name: string): "own" | "foreign" | undefined;
  /** Removes temporary files that runs with this prefix have left behind when they were killed. */
  recover(): Promise<Result<number>>;
  /** Resolves when everything written so far is on the disk; for the end of a run. */
  landed(): Promise<void>;
}
