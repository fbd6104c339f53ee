import { nearest } from "../base/nearest.ts";

/** Names proposed for one that is not known. */
const PROPOSALS = 3;
/** Unknown names for which others are proposed, of one question: nothing else runs meanwhile. */
const HELPED = 10;

/** Names like those that nothing is known of, by those; for the first few of them. */
export function nearNames(
  unknown: readonly string[],
  known: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(unknown.slice(0, HELPED).map((name) => [name, proposals(name, known)]));
}

function proposals(name: string, known: readonly string[]): readonly string[] {
  const found: string[] = [];
  // There may be a hundred thousand: who mistypes a name mostly begins it right, or with its second letter.
  const begins = [name.charAt(0).toLowerCase(), name.charAt(1).toLowerCase()];
  const candidates = known.filter((each) => begins.includes(each.charAt(0).toLowerCase()));
  while (found.length < PROPOSALS) {
    const next = nearest(name, candidates.filter((each) => !found.includes(each)));
    if (next === undefined) break;
    found.push(next);
  }
  return found;
}
