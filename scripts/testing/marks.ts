/**
 * What a test file says in its head of how it is to be run.
 *
 * @module
 */

/** Marks that a head may have; each with the reason for it. */
export interface Marks {
  /** `// exclusive: WHY`: nothing else may run beside it. */
  readonly exclusive?: string;
  /** `// leaves nothing: WHY`: its host is as before, and may be used by others afterwards. */
  readonly leavesNothing?: string;
  /** `// both runtimes: WHY`: it is run on the Deno inside dist/mgmt, too. */
  readonly bothRuntimes?: string;
}

const NAMES: Record<string, keyof Marks> = {
  "exclusive": "exclusive",
  "leaves nothing": "leavesNothing",
  "both runtimes": "bothRuntimes",
};

/** Reads the marks in the head of a test file: the comments above its first import. */
export function marksOf(text: string): Marks {
  const marks: { -readonly [K in keyof Marks]: Marks[K] } = {};
  for (const line of text.split("\n")) {
    if (!/^(?:\/\/|\/\*\*| \*|$)/.test(line)) break;
    const [, name = "", why = ""] = /^\/\/ ([a-z ]+):(.*)$/.exec(line) ?? [];
    const mark = NAMES[name];
    if (mark !== undefined) marks[mark] = why.trim();
  }
  return marks;
}
