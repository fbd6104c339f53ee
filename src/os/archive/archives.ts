/**
 * Reading archives: tar (plain, gz, xz, zst), zip, and single compressed files. Nothing is written here, and
 * what entries say of themselves is handed on as it is: names may be anything.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";

/** One entry as the archive has it. */
export interface ArchivedEntry {
  readonly name: string;
  readonly type: "file" | "directory" | "symlink" | "hard-link" | "other";
  /** Permission bits with set-id bits; undefined: it says none. */
  readonly mode: number | undefined;
  /** Where a link leads. */
  readonly target: string;
  /** Of a file, to be read at most once; what is not read is passed over. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** What is too much. */
export interface ArchiveLimits {
  /** Bytes that come out of it, all together. */
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** The way to archives. */
export interface Archives {
  /**
   * Hands out the entries of an archive in its order. The code of a failure is `archive`, `too-large` or
   * `too-many`, or that of what `take` says.
   */
  each(
    path: string,
    limits: ArchiveLimits,
    take: (entry: ArchivedEntry) => Promise<Result<void>>,
    signal: AbortSignal,
  ): Promise<Result<void>>;
}
