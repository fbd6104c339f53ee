/**
 * Values as YAML writes them, in the layout of a text.
 *
 * @module
 */

import { type Scalar, stringify } from "yaml";
import { lineEndOf } from "../shared/parts/data/rendering.ts";
import type { DataValue } from "../shared/parts/data/value.ts";

/** How a text is laid out. */
export interface Layout {
  readonly end: "\n" | "\r\n";
  /** Blanks of one level. */
  readonly indent: number;
  /** Whether a list stands further to the right than the key that it belongs to. */
  readonly indentsLists: boolean;
}

/** What is text for YAML 1.1 (`yes`, `0777`, `12:30`) gets quotes; nothing is wrapped. */
const STYLE = { compat: "yaml-1.1", lineWidth: 0 } as const;

/** The layout of a text, or the usual one. */
export function layoutOf(text: string): Layout {
  let [indent, isKey, column] = [0, false, 0];
  let indentsLists: boolean | undefined;
  for (const line of text.split("\n")) {
    const blanks = line.length - line.trimStart().length;
    const said = line.trim();
    if (said === "" || said.startsWith("#")) continue;
    if (isKey && said.startsWith("- ")) indentsLists ??= blanks > column;
    if (indent === 0 && blanks > 0) indent = blanks;
    isKey = said.endsWith(":");
    column = blanks;
  }
  return {
    end: lineEndOf(text),
    indent: indent > 0 && indent <= 8 ? indent : 2,
    indentsLists: indentsLists ?? true,
  };
}

/** On one line, also inside of braces and brackets; a text keeps the quotes of the one before. */
export function inlineText(value: DataValue, style?: Scalar.Type): string {
  // A text of several lines is one line only in these quotes.
  const type = JSON.stringify(value).includes("\\n")
    ? "QUOTE_DOUBLE"
    : typeof value === "string" && style?.startsWith("QUOTE")
    ? style
    : undefined;
  const list = stringify([value], {
    ...STYLE,
    ...(type === undefined ? {} : { defaultStringType: type, defaultKeyType: "PLAIN" }),
    doubleQuotedMinMultiLineLength: Infinity,
    collectionStyle: "flow",
    flowCollectionPadding: true,
  });
  return list.trim().slice(1, -1).trim();
}

/** On lines of their own, of which the first stands at a column already. */
export function blockText(value: DataValue, column: number, layout: Layout): string {
  const text = stringify(value, {
    ...STYLE,
    indent: layout.indent,
    indentSeq: layout.indentsLists,
  });
  return text.trimEnd().split("\n")
    .map((line, index) => index === 0 || line === "" ? line : " ".repeat(column) + line)
    .join(layout.end);
}

/** Whether a plain text is something else than text for readers of YAML 1.1. */
export function isOtherElsewhere(text: string): boolean {
  return stringify(text, STYLE).trimEnd() !== text;
}
