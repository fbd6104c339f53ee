/**
 * What a program sees of mgmt: what the module `mgmt` exports, and what a program is given.
 *
 * @module
 */

/** What the module exports besides a function for each kind. */
const MODULE_WORDS = ["program", "collect"] as const;

/** All names that the module exports, where these are the kinds. */
export function moduleExports(kinds: readonly string[]): readonly string[] {
  return [...MODULE_WORDS, ...kinds];
}

/** The fields of a resource that are edges: to which other end, whether it notifies. */
export const EDGE_WORDS = {
  require: { isFromOther: true, notify: false },
  before: { isFromOther: false, notify: false },
  notify: { isFromOther: false, notify: true },
  subscribe: { isFromOther: true, notify: true },
} as const;

/** The inputs that a program is given, besides the functions. */
export const INPUT_WORDS = ["host"] as const;
