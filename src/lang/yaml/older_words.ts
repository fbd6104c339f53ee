/**
 * Words at the top of a graph file that other versions have: those that mean the same are read as ours.
 *
 * @module
 */

import type { GraphDocument } from "../document.ts";
import type { Path } from "../path.ts";

/** What `resources` was called before. */
const RESOURCES = "types";
/** What says nothing, and was written all the same. */
const SAYS_NOTHING: Readonly<Record<string, (value: unknown) => boolean>> = {
  remote: (value) => value === "" || value === null,
  // The format with resources by kind; the other one says itself what is different.
  version: (value) => value === 1 || value === null,
};

/** The document in our words; each place is still where it was written. */
export function inOurWords(document: GraphDocument): GraphDocument {
  const { value, locate } = document;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return document;
  const top = value as Readonly<Record<string, unknown>>;
  const renamed = Object.hasOwn(top, RESOURCES) && !Object.hasOwn(top, "resources");
  const silent = (key: string) => Object.hasOwn(SAYS_NOTHING, key) && SAYS_NOTHING[key]?.(top[key]);
  if (!renamed && !Object.keys(top).some(silent)) return document;
  const entries = Object.entries(top).filter(([key]) => !silent(key));
  const asWritten = ([first, ...rest]: Path): Path =>
    renamed && first === "resources"
      ? [RESOURCES, ...rest]
      : first === undefined
      ? []
      : [first, ...rest];
  return {
    ...document,
    value: Object.fromEntries(
      entries.map(([key, each]) => [renamed && key === RESOURCES ? "resources" : key, each]),
    ),
    locate: (path, part) => locate(asWritten(path), part),
  };
}
