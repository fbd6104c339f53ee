/**
 * What the slow parser says of a text that is no YAML, in words for a reader.
 *
 * @module
 */

import { visit } from "yaml";
import type { Document, YAMLError } from "yaml";
import { shown } from "../describe.ts";
import { placeAt } from "./place.ts";
import type { SyntaxReport } from "./syntax.ts";
import { parseSlowly } from "./yaml_nodes.ts";

/** Further ones mostly follow from the first. */
const SHOWN_MAX = 3;

interface Words {
  readonly message: string;
  readonly hint?: string;
  /** A better place than the parser's: where what is wrong begins. */
  readonly from?: number;
}

/** All it finds, or nothing where it finds nothing or cannot cope. */
export function slowReport(text: string, file: string): SyntaxReport {
  const document = parseOrNot(text);
  const errors = document?.errors ?? [];
  const onlyDuplicateKeys = errors.length > 0 &&
    errors.every(({ code }) => code === "DUPLICATE_KEY");
  const chosen = onlyDuplicateKeys ? errors : onePerLine(errors, text).slice(0, SHOWN_MAX);
  return {
    onlyDuplicateKeys,
    diagnostics: chosen.map((error) => {
      const { from, ...words } = wordsFor(error, text, document!);
      const end = error.code === "DUPLICATE_KEY" ? endOfKey(text, error.pos[0]) : error.pos[1];
      const place = placeAt(text, from ?? error.pos[0], from === undefined ? end : from + 1);
      return { severity: "error", file, ...place, ...words };
    }),
  };
}

/** A parser that cannot cope is no reason to fail: the fast one's words remain. */
function parseOrNot(text: string): Document.Parsed | undefined {
  try {
    return parseSlowly(text, { uniqueKeys: true });
  } catch {
    return undefined;
  }
}

function wordsFor(error: YAMLError, text: string, document: Document.Parsed): Words {
  const [start, end] = error.pos;
  switch (error.code) {
    case "TAB_AS_INDENT":
      return { message: "a tab is used to indent", hint: "YAML indents with blanks only" };
    case "DUPLICATE_KEY":
      return {
        message: `the key ${shown(text.slice(start, endOfKey(text, start)))} is there twice`,
        hint: "take one of them away",
      };
    case "MULTIPLE_DOCS":
      return {
        message: "a second document begins here; a file holds one",
        hint: 'take away the line "---", or put what follows into a file of its own',
      };
    case "BLOCK_AS_IMPLICIT_KEY":
      return goesOn(text, start)
        ? {
          message: "this value goes on in the next line, where a colon follows",
          hint: "is the next line indented too far?",
        }
        : {
          message: "there is a second colon in this line",
          hint: "quote the text if the colon belongs to it",
        };
    case "MULTILINE_IMPLICIT_KEY":
      return {
        message: "a key must be on one line and end with a colon",
        hint: "is a colon missing here, or should this line be indented further?",
      };
    case "BAD_INDENT":
      return badIndent(error, text, document);
    case "BAD_SCALAR_START":
      return { message: `a text must not begin with ${text[start]}`, hint: "quote it" };
    case "MISSING_CHAR":
      return missingCharacter(error, text, document);
    case "BAD_DQ_ESCAPE":
      return {
        message: `${text.slice(start, Math.max(end, start + 2))} is no escape in double quotes`,
        hint: "double the backslash, or use single quotes",
      };
    case "BAD_ALIAS":
      return { message: "an alias needs a name", hint: 'quote it if it is meant as text: "*"' };
    default:
      return { message: `this is not valid YAML: ${asClause(error.message)}` };
  }
}

function badIndent(error: YAMLError, text: string, document: Document.Parsed): Words {
  if (/end with a [}\]]/.test(error.message)) return unclosed(error, text, document);
  return {
    message: "this line is indented differently than the lines it belongs to",
    hint: "entries of one list or map begin in the same column",
  };
}

function missingCharacter(error: YAMLError, text: string, document: Document.Parsed): Words {
  if (error.message.includes("quote")) {
    const from = startOfScalar(error, document);
    return {
      message: "a text in quotes that begins here does not end",
      hint: "add the closing quote",
      ...(from === undefined ? {} : { from }),
    };
  }
  if (/end with a [}\]]/.test(error.message)) return unclosed(error, text, document);
  return { message: asClause(error.message), hint: "is a blank, a comma or a colon missing?" };
}

function unclosed(error: YAMLError, text: string, document: Document.Parsed): Words {
  const closing = error.message.includes("}") ? "}" : "]";
  const from = startOfFlow(closing, error, text, document);
  return {
    message: `the ${closing === "}" ? "{" : "["} that begins here is not closed`,
    hint: `add the closing ${closing}, or indent it further than what it belongs to`,
    ...(from === undefined ? {} : { from }),
  };
}

/** Where the quoted text begins at whose end the parser stopped. */
function startOfScalar(error: YAMLError, document: Document.Parsed): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      if (!type?.startsWith("QUOTE") || !range) return;
      if (range[0] < error.pos[0] && range[2] >= error.pos[0]) start = range[0];
    },
  });
  return start;
}

/** Where the innermost bracket begins that is open where the parser stopped. */
function startOfFlow(
  closing: string,
  error: YAMLError,
  text: string,
  document: Document.Parsed,
): number | undefined {
  let start: number | undefined;
  visit(document, {
    Collection: (_key, { flow, range }) => {
      if (!flow || !range || text[range[1] - 1] === closing) return;
      if (range[0] < error.pos[0] && range[2] >= error.pos[0]) start = range[0];
    },
  });
  return start;
}

/** Whether the line break comes before the colon that the parser stumbled over. */
function goesOn(text: string, start: number): boolean {
  const rest = text.slice(start);
  const colon = rest.search(/:(\s|$)/);
  return colon >= 0 && rest.slice(0, colon).includes("\n");
}

function endOfKey(text: string, start: number): number {
  const length = text.slice(start).search(/\s*:(\s|$)/);
  return length < 0 ? start + 1 : start + length;
}

function asClause(message: string): string {
  const text = message.replace(/\.$/, "");
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function onePerLine(errors: readonly YAMLError[], text: string): YAMLError[] {
  const byLine = new Map<number, YAMLError>();
  for (const error of errors) {
    const { line } = placeAt(text, error.pos[0], error.pos[1]);
    if (!byLine.has(line)) byLine.set(line, error);
  }
  return [...byLine.values()];
}
