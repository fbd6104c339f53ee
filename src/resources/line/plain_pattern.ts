/**
 * Patterns that the runtime's own engine can be trusted with: words, blanks and signs, with at most two
 * repetitions of one sign each, on lines of the usual length. Most patterns of settings are such, and
 * to compile one for RE2 takes as long as all else that is done for its resource.
 *
 * @module
 */

/** Two repetitions can be tried in as many ways as the square of this. */
const LINE_MOST = 512;
const REPEATED_MOST = 2;

/** One sign of a pattern, and how often it may stand. What RE2 and the runtime read differently is none. */
const PIECE =
  /(\^|\$|\\b)|([A-Za-z0-9_ \-=:;,"'#<>@%&!~\/`]|\\[.*+?^$()[\]{}|\\\/#=:;,"'<>@%&!~ \-]|\\[dwsDWS])([*+?])?/y;

/** RE2 knows only these as blanks. */
const BLANK = "[\\t\\n\\f\\r ]";
const NO_BLANK = "[^\\t\\n\\f\\r ]";

/** Whether a line has a pattern somewhere in it; undefined: RE2 must be asked. */
export type PlainTest = (line: string) => boolean | undefined;

/** How lines are tested by a pattern; undefined: it is none of these. */
export function plainTest(pattern: string): PlainTest | undefined {
  let [source, repeated] = ["", 0];
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < pattern.length) {
    const piece = PIECE.exec(pattern);
    if (piece === null) return undefined;
    const [all, edge, sign, often] = piece;
    if (often === "*" || often === "+") repeated++;
    // After one of these RE2 and the runtime do not agree on what a further sign means.
    if (often !== undefined && /[*+?{]/.test(pattern[PIECE.lastIndex] ?? "")) return undefined;
    if (edge !== undefined && /[*+?{]/.test(pattern[PIECE.lastIndex] ?? "")) return undefined;
    source += edge === undefined ? translated(sign ?? "") + (often ?? "") : all;
  }
  if (repeated > REPEATED_MOST) return undefined;
  const compiled = new RegExp(source, "u");
  return (line) => line.length > LINE_MOST ? undefined : compiled.test(line);
}

function translated(sign: string): string {
  if (sign === "\\s") return BLANK;
  if (sign === "\\S") return NO_BLANK;
  // With the flag u only these may be escaped.
  return /^\\[^.*+?^$()[\]{}|\\\/dwDW]$/.test(sign) ? sign.slice(1).replace("-", "\\x2d") : sign;
}
