/**
 * Where hosts ask to be let in: keys that strangers write, of whom nobody knows how much.
 *
 * @module
 */

import { controlRanges, isInRange, type KeyRange, prefixRange, ROOT_KEY } from "./keys.ts";

/** All that is asked for with any token. */
export function joinsRange(): KeyRange {
  return prefixRange(`${ROOT_KEY}join/`);
}

/** The token below whose place a key is, whatever else it says; undefined: nothing is asked for there. */
export function tokenOfJoin(key: string): string | undefined {
  const { from } = joinsRange();
  return key.startsWith(from) ? key.slice(from.length).split("/", 1)[0] : undefined;
}

/** What the leader decides from, without what is asked for: of that it reads the names alone. */
export function controlRangesWithoutJoins(): readonly KeyRange[] {
  const joins = joinsRange();
  return controlRanges().flatMap((range) =>
    isInRange(range, joins.from)
      ? [{ from: range.from, to: joins.from }, { from: joins.to, to: range.to }]
      : [range]
  );
}
