/**
 * From the text of a YAML file to a document: its values, what is wrong with how it is written, and
 * where everything is.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import type { GraphDocument, Locate } from "../document.ts";
import { tooLarge } from "./decode.ts";
import { checkExpansion, expansionMistake } from "./expansion.ts";
import type { Locator } from "./locate.ts";
import { inOurWords } from "./older_words.ts";
import { ownStrings } from "./own_strings.ts";
import type { SyntaxReport } from "./syntax.ts";
import { explainSyntax, loneCarriageReturn } from "./syntax_mistakes.ts";
import { readValue } from "./value.ts";

/** What a text says, or why it says nothing. */
export type ReadDocument =
  | { readonly ok: true; readonly document: GraphDocument }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** How a text is read. */
export interface ReadDocumentOptions {
  /** The file as the user wrote it, for messages. */
  readonly file: string;
  /** Another one was read before, of which parts may stay in use, and so on. */
  readonly again?: boolean;
}

/** Reads a text. The document does not keep its values alive once nobody else does. */
export async function readDocument(
  text: string,
  { file, again = false }: ReadDocumentOptions,
): Promise<ReadDocument> {
  if (text.length > LIMITS.graphFileBytes) return refused([tooLarge(file)]);
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const unclear = loneCarriageReturn(source, file);
  if (unclear !== undefined) return refused([unclear]);
  let parsed = await readValue(source);
  let report: SyntaxReport | undefined;
  if (!parsed.ok) {
    report = await explainSyntax(source, file, parsed.error);
    if (report.onlyDuplicateKeys) parsed = await readValue(source, { duplicateKeys: true });
  }
  const mistakes = report?.diagnostics ?? [];
  if (!parsed.ok) return refused(mistakes);
  const expansion = checkExpansion(parsed.value, source);
  if (expansion !== "fine") return refused([expansionMistake(expansion, file), ...mistakes]);
  if (again) ownStrings(parsed.value);
  const { value, written } = parsed;
  const document = inOurWords({ value, written, locate: placesOf(source) });
  return { ok: true, document: report === undefined ? document : { ...document, mistakes } };
}

function refused(diagnostics: readonly Diagnostic[]): ReadDocument {
  return { ok: false, diagnostics };
}

/** Keeps the text, but its places only as long as somebody waits for one. */
function placesOf(text: string): Locate {
  let places: Promise<Locator> | undefined;
  let waiting = 0;
  const open = async () => {
    const { openLocator } = await import("./locate.ts");
    return await openLocator(text);
  };
  return async (path, part) => {
    waiting++;
    try {
      places ??= open();
      return (await places).find(path, part);
    } finally {
      if (--waiting === 0) places = undefined;
    }
  };
}
