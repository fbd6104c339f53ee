/** Where something is in a graph file's value: map keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** A place in a text: 1-based, in characters; `source` is the text that is there. */
export interface Spot {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly source: string;
  /** What else belongs to what is said of it: where the value is written that stands there. */
  readonly note?: string;
  /** The file that it is in, where a document is made of several. */
  readonly file?: string;
  /** The same, absolute. */
  readonly path?: string;
}
