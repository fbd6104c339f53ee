/** What takes the place of each character of a text. */
const MASK = "·";

/** A text that is not shown, as long as it is. */
export function masked(text: string): string {
  return text.replaceAll(/[^\n]/gu, MASK);
}

/** Part of a module: its code, or the texts in it. */
type Inside = "code" | "'" | '"' | "`" | "//" | "/*";

/**
 * The lines from `start` to `end` of a module of JavaScript or TypeScript with all that stands in quotes masked,
 * character by character, so that columns stay. Comments stay, too.
 */
export function withoutTexts(source: string, start: number, end: number): string {
  // The code in a template begins with ${ and ends with the brace that belongs to it.
  const templates: number[] = [];
  let inside: Inside = "code";
  let braces = 0;
  let shown = "";
  for (let at = 0; at < end; at++) {
    const character = source[at]!;
    const two = source.slice(at, at + 2);
    let isMasked = inside === "'" || inside === '"' || inside === "`";
    let width = 1;
    if (inside === "code") {
      if (character === "'" || character === '"' || character === "`") inside = character;
      else if (two === "//" || two === "/*") inside = two;
      else if (character === "{") braces++;
      else if (character === "}" && braces-- === templates.at(-1)) {
        templates.pop();
        inside = "`";
      }
    } else if (isMasked && character === "\\") width = 2;
    else if (character === inside) {
      inside = "code";
      isMasked = false;
    } else if (inside === "`" && two === "${") {
      templates.push(++braces);
      inside = "code";
      isMasked = false;
      width = 2;
    } else if (inside === "/*" && two === "*/") {
      inside = "code";
      width = 2;
    } else if (character === "\n" && inside !== "`" && inside !== "/*") inside = "code";
    const text = source.slice(at, at + width);
    at += width - 1;
    shown = at < start ? "" : shown + (isMasked ? masked(text) : text);
  }
  return shown;
}
