/**
 * What is removed because no resource of the graph says it, as far as all of them are known.
 *
 * @module
 */

import type { KindContext } from "../../../kind/kind.ts";

/**
 * Tells of each key whether a resource says it, also one that `meta.noop` keeps from writing it, by the paths that its file may go by; undefined where what
 * is not known yet may say more, so that nothing is to be removed.
 */
export function keysToKeep(
  paths: readonly string[],
  wordOf: (path: string, key: string) => string,
  { claims, expected, leftOut, holdBack }: KindContext,
): ((key: string) => boolean) | undefined {
  const open = paths.find((each) => !["below", undefined].includes(expected(each)));
  if (open === undefined) {
    return (key) => paths.some((path) => claims(wordOf(path, key)).length > 0);
  }
  const why = leftOut(open)
    ? "an export of another host that may be for it cannot be read, or is left out (a warning names it)"
    : "what other hosts export is not known yet";
  holdBack(`${why}, so other keys are left as they are`, open);
  return undefined;
}
