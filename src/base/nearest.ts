import { distance } from "fastest-levenshtein";

/** Longer words are not compared: nobody mistypes those by two letters. */
const WORD_MAX = 200;

/** Words up to so long have many neighbours: only the plainest slips count. */
const SHORT = 3;

/**
 * The candidate that a mistyped word most likely meant, or undefined when none is near. Among
 * equally near ones the first wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > WORD_MAX) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const most = Math.min(tolerance(Math.min(word.length, candidate.length)), bestDistance - 1);
    if (Math.abs(candidate.length - word.length) > most) continue;
    const other = candidate.toLowerCase();
    const far = slips(wanted, other);
    if (far > most || (far > 0 && !isPlain(wanted, other))) continue;
    best = candidate;
    bestDistance = far;
  }
  return best ?? completion(wanted, candidates);
}

/** How many letters are wrong, missing or too many; two that changed places are one slip. */
function slips(word: string, other: string): number {
  if (word === other) return 0;
  return isSwapped(word, other) ? 1 : distance(word, other);
}

function isSwapped(word: string, other: string): boolean {
  if (word.length !== other.length) return false;
  let at = 0;
  while (word[at] === other[at]) at++;
  return word[at] === other[at + 1] && word[at + 1] === other[at] &&
    word.slice(at + 2) === other.slice(at + 2);
}

/**
 * Whether a slip may be meant at all: of short words the first letter is rarely wrong, and where only
 * a number differs it is another thing.
 */
function isPlain(word: string, other: string): boolean {
  const least = Math.min(word.length, other.length);
  if (least > SHORT || word.length !== other.length) return least > 1;
  if (isSwapped(word, other)) return true;
  const hide = (text: string) => text.replace(/[0-9]/g, "#");
  return least > 2 && word[0] === other[0] && hide(word) !== hide(other);
}

/** `nearest` as a hint, ready to print. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const found = nearest(word, candidates);
  return found === undefined ? undefined : `did you mean "${found}"?`;
}

/** How many slips a word of this length may have. */
function tolerance(length: number): number {
  if (length <= 4) return 1;
  return length <= 6 ? 2 : Math.min(4, Math.floor(length / 3));
}

/** The only candidate that the word is a beginning of, or the beginning of the word. */
function completion(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length < 2) return undefined;
  let found: string | undefined;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    if (!isBeginning(word, other) && !isBeginning(other, word)) continue;
    if (found !== undefined) return undefined;
    found = candidate;
  }
  return found;
}

/** Two letters are a beginning only where they are a whole part, as in `xz-utils`. */
function isBeginning(part: string, whole: string): boolean {
  if (part.length < 2 || part.length >= whole.length || !whole.startsWith(part)) return false;
  return part.length >= SHORT || /[^a-z0-9]/.test(whole.charAt(part.length));
}
