/**
 * What a graph may depend on besides its own text, as whoever reads it sees it: facts of the host, files, what other
 * hosts share. Who evaluates keeps what was read, and evaluates again only where a reading of that is different now.
 *
 * @module
 */

/** A value that JSON can say. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What is known of an input. Not known is not empty. */
export type InputReading =
  /** Undefined: it is known not to be there. */
  | { readonly isKnown: true; readonly value: JsonValue | undefined }
  /** `why` goes on after "it is not known: ". */
  | { readonly isKnown: false; readonly why: string };

/**
 * One family of inputs, by the first word of their path: host, file, data, values, fleet, elected, output, probe,
 * time.
 */
export interface InputSource {
  /** What it says now of a path below it, such as `["labels", "role"]`. Cheap, of what is in memory. */
  read(path: readonly string[]): InputReading;
  /**
   * Resolves when what is not known of a path yet is learned, or cannot be; undefined (or absent): nothing
   * of it is being learned.
   */
  learn?(path: readonly string[]): Promise<void> | undefined;
  /** Calls `changed` when something below it may read differently. Returns what ends it. */
  watch(changed: () => void): () => void;
}
