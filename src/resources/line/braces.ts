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

/** What stands for itself: a pair of quotes on one line, an escaped sign, a name, a comment, or a brace. */
const TOKEN =
  /\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\$\{[^}]*\}|\/\*.*?\*\/|(?:^|\s)(?:#|\/\/).*$|[{}]/g;

/** How deep each line is. */
export function braceDepths(texts: readonly string[]): readonly Depth[] {
  let depth = 0;
  return texts.map((text) => {
    const before = depth;
    let opens = false;
    for (const [token] of text.matchAll(TOKEN)) {
      if (token === "{") opens = true;
      if (token === "{") depth++;
      else if (token === "}") depth = Math.max(0, depth - 1);
    }
    return { before, after: depth, opens };
  });
}
