import { distance } from "fastest-levenshtein";

/** Longer words are not compared: nobody mistypes those by two letters. */
const WORD_MAX = 200;

/**
 * The candidate that a mistyped word most likely meant, or undefined when none is near. Among
 * equally near ones the first wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > WORD_MAX) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = toleranceFor(wanted) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const far = wanted === candidate.toLowerCase() ? 0 : distance(wanted, candidate.toLowerCase());
    if (far >= bestDistance || far >= candidate.length) continue;
    best = candidate;
    bestDistance = far;
  }
  return best ?? completion(wanted, candidates);
}

/** `nearest` as a hint, ready to print. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const found = nearest(word, candidates);
  return found === undefined ? undefined : `did you mean "${found}"?`;
}

function toleranceFor(word: string): number {
  if (word.length <= 2) return 1;
  return word.length <= 6 ? 2 : Math.min(4, Math.floor(word.length / 3));
}

/** The only candidate that the word is a beginning of, or the beginning of the word. */
function completion(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length < 3) return undefined;
  let found: string | undefined;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const related = other.startsWith(word) || (other.length >= 3 && word.startsWith(other));
    if (!related) continue;
    if (found !== undefined) return undefined;
    found = candidate;
  }
  return found;
}
