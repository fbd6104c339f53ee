/**
 * JSON, and JSON with comments and commas at ends, read and written in place: jsonc-parser tells where
 * everything stands.
 *
 * @module
 */

import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { LIMITS } from "../../base/limits.ts";
import {
  indentAt,
  indentUnit,
  lineAndColumn,
  lineEndOf,
  replaced,
} from "../shared/parts/data/rendering.ts";
import type { Change, DataValue, Place } from "../shared/parts/data/value.ts";
import type { Format, ReadData } from "../shared/parts/data/data_part.ts";

const OPTIONS = { allowTrailingComma: true };
/** Commas, blanks and comments between two values. */
const BLANKS = /(?:[ \t]+|\/\*(?:[^*]|\*(?!\/))*\*\/)*/y;
const LINE_COMMENT = /[ \t]*(?:\/\/[^\r\n]*|\/\*(?:[^*\r\n]|\*(?!\/))*\*\/[ \t]*)?(?=\r?\n|$)/y;

/** JSON. */
export const JSON_FORMAT: Format = { name: "JSON", mostBytes: LIMITS.lineFileBytes, read, write };

function read(text: string): ReadData {
  if (text.trim() === "") return { ok: true, whole: {} };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, OPTIONS);
  const [error] = errors;
  if (error !== undefined) {
    const message = printParseErrorCode(error.error).replace(/([a-z])([A-Z])/g, "$1 $2");
    return { ok: false, ...lineAndColumn(text, error.offset), message: message.toLowerCase() };
  }
  const twice = root && keyTwice(root);
  if (twice !== undefined) {
    return {
      ok: false,
      ...lineAndColumn(text, twice.offset),
      message: "a key that is there twice",
    };
  }
  return { ok: true, whole: root === undefined ? {} : getNodeValue(root) };
}

/** The first key that its object already has: which of them counts, readers do not agree. */
function keyTwice(node: Node): Node | undefined {
  const known = new Set<unknown>();
  for (const child of node.children ?? []) {
    const [key] = child.type === "property" ? child.children ?? [] : [];
    if (key !== undefined && known.has(key.value)) return key;
    known.add(key?.value);
    const inside = keyTwice(child);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function write(text: string, change: Change): string | undefined {
  const end = lineEndOf(text);
  if (text.trim() === "") {
    if (change.type === "remove") return text;
    const [key = ""] = change.at;
    return `${JSON.stringify({ [String(key)]: change.value }, undefined, 2)}\n`.replaceAll(
      "\n",
      end,
    );
  }
  const root = parseTree(text, [], OPTIONS);
  if (root === undefined) return undefined;
  const node = findNodeAtLocation(root, [...change.at]);
  if (change.type === "remove") return node === undefined ? undefined : without(text, node);
  if (node !== undefined) {
    const isCompact = isOneLine(text, node) && isOneLine(text, outsideOf(node) ?? node) &&
      !text.includes("\n");
    const value = rendered(change.value, text, indentAt(text, node.offset), isCompact);
    return replaced(text, node.offset, node.offset + node.length, value);
  }
  const outer = findNodeAtLocation(root, change.at.slice(0, -1));
  return outer === undefined ? undefined : withMore(text, outer, change.at, change.value);
}

/** The map or list that a value is in. */
function outsideOf(node: Node): Node | undefined {
  return node.parent?.type === "property" ? node.parent.parent : node.parent;
}

function isOneLine(text: string, { offset, length }: Node): boolean {
  return !text.slice(offset, offset + length).includes("\n");
}

/** A value as it stands behind what is indented so. */
function rendered(value: DataValue, text: string, indent: string, isCompact: boolean): string {
  if (isCompact) return JSON.stringify(value);
  const lines = JSON.stringify(value, undefined, indentUnit(text, "  "));
  return lines.replaceAll("\n", lineEndOf(text) + indent);
}

/** One more behind the last of a map or a list. */
function withMore(text: string, outer: Node, at: Place, value: DataValue): string | undefined {
  const children = outer.children ?? [];
  const last = children.at(-1);
  const end = lineEndOf(text);
  const entry = (indent: string, isCompact: boolean) => {
    const shown = rendered(value, text, indent, isCompact);
    return outer.type === "object" ? `${JSON.stringify(String(at.at(-1)))}: ${shown}` : shown;
  };
  if (last === undefined) {
    const isCompact = !text.includes("\n");
    const indent = indentAt(text, outer.offset);
    const inner = indent + indentUnit(text, "  ");
    const body = isCompact
      ? entry("", true)
      : `${end}${inner}${entry(inner, false)}${end}${indent}`;
    return replaced(text, outer.offset + 1, outer.offset + outer.length - 1, body);
  }
  const lastEnd = last.offset + last.length;
  const isCompact = !text.slice(outer.offset, last.offset).includes("\n");
  const comma = commaAfter(text, lastEnd);
  const from = comma ?? lastEnd;
  if (isCompact) {
    const gap = text.slice(outer.offset, lastEnd).includes(", ") || children.length === 1
      ? " "
      : "";
    return replaced(text, from, from, `${comma === undefined ? "," : ""}${gap}${entry("", true)}`);
  }
  const indent = indentAt(text, last.offset);
  const place = endOfLine(text, from) ?? from;
  const more = `${end}${indent}${entry(indent, false)}${comma === undefined ? "" : ","}`;
  const added = replaced(text, place, place, more);
  return comma === undefined ? replaced(added, lastEnd, lastEnd, ",") : added;
}

/** Takes a value away, with its key, its comma, and the comment on its line. */
function without(text: string, node: Node): string | undefined {
  const entry = node.parent?.type === "property" ? node.parent : node;
  const siblings = entry.parent?.children ?? [];
  const index = siblings.indexOf(entry);
  if (index < 0) return undefined;
  const lineStart = text.lastIndexOf("\n", entry.offset - 1) + 1;
  const startsLine = lineStart > 0 && text.slice(lineStart, entry.offset).trim() === "";
  const entryEnd = entry.offset + entry.length;
  const comma = commaAfter(text, entryEnd);
  let to = comma ?? entryEnd;
  let from = entry.offset;
  const lineEnd = endOfLine(text, to);
  if (startsLine && lineEnd !== undefined) {
    [from, to] = [lineStart, lineEnd + (text[lineEnd] === "\r" ? 2 : 1)];
  } else if (comma !== undefined) {
    while (text[to] === " ") to++;
  }
  const left = replaced(text, from, to, "");
  const before = siblings[index - 1];
  if (comma !== undefined || before === undefined) return left;
  // It was the last: what is before it needs no comma any more.
  const at = commaAfter(left, before.offset + before.length);
  if (at === undefined) return left;
  const gap = startsLine ? at : from;
  return replaced(left, at - 1, Math.max(at, gap), "");
}

/** Behind the comma that follows. */
function commaAfter(text: string, offset: number): number | undefined {
  let at = offset;
  for (;;) {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(text)?.[0].length ?? 0;
    if (text[at] === ",") return at + 1;
    const next = /^(?:\r?\n|\/\/[^\n]*\n)/.exec(text.slice(at, at + 4096))?.[0];
    if (next === undefined) return undefined;
    at += next.length;
  }
}

/** Where the line ends, if nothing but a comment follows; before its line end. */
function endOfLine(text: string, offset: number): number | undefined {
  LINE_COMMENT.lastIndex = offset;
  const rest = LINE_COMMENT.exec(text)?.[0];
  return rest === undefined ? undefined : offset + rest.length;
}
