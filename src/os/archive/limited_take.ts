import type { ArchivedEntry } from "./archives.ts";
import type { Pieces } from "./compression.ts";

/** Takes an entry, or one piece more of what comes out, as long as it is not too much. */
export interface LimitedTake {
  entry(entry: ArchivedEntry): Promise<void>;
  /** Counts what came out of the compression. */
  counted(pieces: Pieces): Pieces;
  /** The same where it comes at once. */
  count(bytes: number): void;
}
