/**
 * Why one resource comes before another.
 *
 * @module
 */

/** A reason for an automatic edge. */
export interface Reason {
  /** What the edge's source is to its target, for readers. */
  readonly text: string;
  /** Where automatic edges contradict each other, the lower one stays. */
  readonly rank: number;
  /**
   * Among resources that remove, the order is the other way round, and this is the reason then;
   * absent: it is not.
   */
  readonly back?: string;
}

const REMOVED_FIRST = "is in it and goes first";
const STOPPED_FIRST = "uses it and goes first";

/** All reasons there are; the surest come first. */
export const REASONS = {
  parent: { rank: 0, text: "its parent directory", back: REMOVED_FIRST },
  above: { rank: 1, text: "a directory above it", back: REMOVED_FIRST },
  unitFile: { rank: 2, text: "its unit file", back: STOPPED_FIRST },
  dropIn: { rank: 3, text: "a drop-in of its unit", back: STOPPED_FIRST },
  unit: { rank: 4, text: "makes its unit", back: STOPPED_FIRST },
  // A user cannot be made without its group, but a group without a member.
  group: { rank: 5, text: "its group", back: STOPPED_FIRST },
  user: { rank: 6, text: "its user", back: STOPPED_FIRST },
  package: { rank: 7, text: "its package", back: STOPPED_FIRST },
  entry: { rank: 8, text: "makes a path that it uses", back: STOPPED_FIRST },
  // What a package leaves behind is removed after it: its own scripts may still write there.
  owner: { rank: 9, text: "owns the path" },
  unitOwner: { rank: 10, text: "owns its unit", back: STOPPED_FIRST },
} as const satisfies Record<string, Reason>;
