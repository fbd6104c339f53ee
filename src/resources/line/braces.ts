/**
 * Braces of texts in which sections stand in them, without those in quotes, comments and `${names}`.
 *
 * @module
 */

/** How deep a line is. */
export interface Depth {
  /** Braces that are open where the line begins. */
  readonly before: number;
  /** And where it ends. */
  readonly after: number;
  /** Whether a brace opens in it. */
  readonly opens: boolean;
}

/** How deep each line is. */
export function braceDepths(texts: readonly string[]): readonly Depth[] {
  let depth = 0;
  return texts.map((text) => {
    const before = depth;
    let opens = false;
    for (const brace of bracesOf(text)) {
      if (brace === "{") {
        opens = true;
        depth++;
      } else depth = Math.max(0, depth - 1);
    }
    return { before, after: depth, opens };
  });
}

/** What does not count begins so, and ends so on the same line; else it stands for itself. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ["${", "}"],
  ["/*", "*/"],
];

function* bracesOf(text: string): Iterable<string> {
  // What does not end once does not end later either.
  const endless = new Set<string>();
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? "";
    const isWord = at === 0 || /\s/.test(text[at - 1] ?? "");
    if (isWord && (sign === "#" || text.startsWith("//", at))) return;
    if (sign === "\\" || text.startsWith("${", at) && endless.has("${")) {
      at++;
      continue;
    }
    const pair = PAIRS.find(([open]) => !endless.has(open) && text.startsWith(open, at));
    if (pair !== undefined) {
      const [open, close] = pair;
      const end = endOf(text, at + open.length, close);
      if (end < 0) endless.add(open);
      at = end < 0 ? at + open.length - 1 : end + close.length - 1;
      continue;
    }
    if (sign === "{" || sign === "}") yield sign;
  }
}

/** Where something ends that began before; a backslash takes the sign behind it along. */
function endOf(text: string, from: number, close: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text.startsWith(close, at)) return at;
  }
  return -1;
}
