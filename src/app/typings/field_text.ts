/**
 * Maps of fields as interfaces of TypeScript, with what the reference says of each field.
 *
 * @module
 */

import type { FieldSchema, FieldSchemas } from "../../kind/schema.ts";
import { typeText } from "./type_text.ts";

/** Columns of a line, as far as words allow. */
const WIDTH = 100;

/** An exported interface with these fields. */
export function interfaceText(
  name: string,
  summary: string,
  fields: FieldSchemas,
  { base }: { readonly base?: string } = {},
): string {
  const head = `export interface ${name}${base === undefined ? "" : ` extends ${base}`} {`;
  const members = Object.entries(fields).map(([field, schema]) => fieldText(field, schema));
  return [docText(summary), head, ...members, "}"].join("\n");
}

/** A comment as editors show it, of a text of several paragraphs. */
export function docText(text: string, indent = ""): string {
  const safe = text.replaceAll("*/", "*\\/");
  const lines = safe.split("\n").flatMap((paragraph) =>
    wrapped(paragraph, WIDTH - indent.length - 3)
  );
  if (lines.length === 1 && indent.length + lines[0]!.length + 7 <= WIDTH) {
    return `${indent}/** ${lines[0]} */`;
  }
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`].join("\n");
}

function fieldText(name: string, schema: FieldSchema): string {
  const mayBeSecret = schema.secret === "sensitive" || schema.secret === "given";
  const text = mayBeSecret ? "Text" : "string";
  const type = typeText(schema.type, text);
  return [
    docText(fieldDoc(schema), "  "),
    // What is undefined is left out, also for compilers that tell the two apart.
    schema.required === true
      ? `  readonly ${name}: ${type};`
      : `  readonly ${name}?: ${type} | undefined;`,
  ].join("\n");
}

function fieldDoc({ type, summary, defaultText, ...field }: FieldSchema): string {
  const words = field.programText ?? field.typeText;
  return [
    `${sentence(summary)}${saysMore(words, typeText(type)) ? ` Takes: ${words}.` : ""}`,
    ...(defaultText === undefined ? [] : [`@default ${defaultText}`]),
  ].join("\n");
}

/** Whether the reference's words say more of a field than its type does. */
function saysMore(words: string, type: string): boolean {
  const plain = ["text", "a map of texts", "a list of names", "a list of texts", "true or false"];
  return !plain.includes(words) && words.replaceAll(" ", "") !== type.replaceAll(/[" ]/g, "") &&
    type !== "boolean";
}

/** A text as a sentence. */
export function sentence(text: string): string {
  return `${capital(text)}${text.endsWith("…") ? "" : "."}`;
}

/** A text that begins a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
