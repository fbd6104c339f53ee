/**
 * An operator's word that a resource is to be left as it is for a while: it is watched, and not touched.
 *
 * @module
 */

/** Why, by whom, and until when; times are in milliseconds since 1970. */
export interface Hold {
  readonly reason: string;
  readonly author: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** It is as it is because the operator took a change back: what depends on it goes on. */
  readonly undo?: true;
}

/** Who knows which resources are held. */
export interface HoldSource {
  of(key: string): Hold | undefined;
}
