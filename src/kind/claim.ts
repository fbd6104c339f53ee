/**
 * What resources say of paths, so that a directory that is purged or copied as a whole leaves to
 * others what they say more precisely.
 *
 * @module
 */

/** What of an entry a resource may decide besides what it is. */
export type AttributeName = "owner" | "group" | "mode";

/** All of them. */
export const ATTRIBUTES: readonly AttributeName[] = ["owner", "group", "mode"];

/** What a resource says of one path. */
export interface Claim {
  readonly path: string;
  /**
   * `all`: what the entry is, or that it is not; nobody else says anything of it or below it.
   * `part`: some of its content; another may bring the rest of it where it is missing.
   * `presence`: that it is there, and the attributes that are named.
   */
  readonly says: "all" | "part" | "presence";
  /** What it is to be, where the claim tells. */
  readonly type?: "file" | "directory" | "link" | "absent";
  readonly attributes?: readonly AttributeName[];
  /** Whether the resource makes the entry (unless told otherwise), only needs it, or does neither. */
  readonly entry?: "made" | "needed" | "indifferent";
  /** What is said of all that is below. */
  readonly below?: Below;
}

/**
 * `all`: it is the resource's own affair. `kept`: nobody else removes anything. Or what a tree says:
 * the entries come from its source, if it has one, and the attributes are its own.
 */
export type Below = "all" | "kept" | {
  readonly source?: string;
  /** Also of what is in directories below, else only of what is directly in it, and no directory. */
  readonly deep: boolean;
  readonly attributes: readonly AttributeName[];
};

/** The claim to what is no path, in words: `user:NAME`, `group:NAME`, what is wished of a unit. */
export type WordClaim = string;

/**
 * A place where something may come that is not known yet: the path itself, what is directly in it, or
 * anything below it.
 */
export interface AttributeExpectation {
  readonly path: string;
  readonly reach: "itself" | "entries" | "below";
  /** The others have answered: what may come there is an export that cannot be read or is not taken. */
  readonly leftOut?: boolean;
}

/** How a path may be one where something comes that is not known yet. */
export type Expected = "itself" | "any" | "below";

/** Nothing is expected. */
export const NOTHING_EXPECTED: readonly AttributeExpectation[] = [];
