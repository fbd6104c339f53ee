import { nearest } from "../../base/nearest.ts";

/** Names proposed for one that is not known. */
const PROPOSALS = 3;
/** Unknown names for which others are proposed, of one question. */
const HELPED = 20;

/** Names like those that nothing is known of, by those; for the first few of them. */
export function nearNames(
  unknown: readonly string[],
  known: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(unknown.slice(0, HELPED).map((name) => [name, proposals(name, known)]));
}

function proposals(name: string, known: readonly string[]): readonly string[] {
  const found: string[] = [];
  while (found.length < PROPOSALS) {
    const next = nearest(name, known.filter((each) => !found.includes(each)));
    if (next === undefined) break;
    found.push(next);
  }
  return found;
}
