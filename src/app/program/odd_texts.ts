/**
 * Texts of a graph that look as if a program had joined what is no text: "undefined", "[object Object]".
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import type { GraphDocument } from "../../lang/document.ts";
import type { Path } from "../../lang/path.ts";
import { textsIn } from "../../lang/texts_in.ts";
import type { RecordedRead } from "../../program/recorded_reads.ts";

/** What JavaScript writes for them, and what to write instead. */
const WORDS = [
  {
    word: "[object Object]",
    form: /\[object Object\]/,
    hint: "name the field of it that is meant",
  },
  { word: "undefined", form: /\bundefined\b/, hint: 'say what then: … ?? "none"' },
] as const;
/** So many are said; who makes one makes more of the same. */
const SAID = 5;

/** Warns of such texts that nobody wrote: the word is in no text of the program, nor in what it read. */
export async function oddTexts(
  { value, locate }: GraphDocument,
  { file, said, texts, reads }: {
    /** The program, where a place is not known. */
    readonly file: string;
    /** All of it as one text. */
    readonly said: string;
    readonly texts: ReadonlyMap<string, string>;
    readonly reads: readonly RecordedRead[];
  },
): Promise<readonly Diagnostic[]> {
  const looked = WORDS.filter(({ word }) => said.includes(word) && !isWritten(word, texts, reads));
  if (looked.length === 0) return [];
  const found: { readonly path: Path; readonly odd: (typeof WORDS)[number] }[] = [];
  for (const { path, text } of textsIn(value)) {
    const odd = looked.find(({ form }) => form.test(text));
    if (odd !== undefined) found.push({ path, odd });
    if (found.length >= SAID) break;
  }
  return await Promise.all(found.map(async ({ path, odd: { word, hint } }): Promise<Diagnostic> => {
    const spot = await locate(path, "value");
    const message = `a text has ${word} in it, which nobody wrote`;
    const place = spot && { line: spot.line, column: spot.column, length: spot.length };
    return { severity: "warning", file: spot?.file ?? file, message, hint, ...place };
  }));
}

/** What of a line is before a text that begins in it. */
const BEFORE = "^(?:[^\"'`\\n]|\"[^\"\\n]*\"|'[^'\\n]*'|`[^`\\n]*`)*?";

/** In quotes, for as a value it stands in many programs. */
function isWritten(
  word: string,
  texts: ReadonlyMap<string, string>,
  reads: readonly RecordedRead[],
): boolean {
  const escaped = word.replace(/[[\]]/g, "\\$&");
  const inQuotes = new RegExp(`${BEFORE}(["'\`])(?:(?!\\1).)*${escaped}`, "m");
  return [...texts.values()].some((text) => text.includes(word) && inQuotes.test(text)) ||
    JSON.stringify(reads.map(({ said }) => said)).includes(word);
}
