/**
 * YAML, read and written in place: the library tells where everything stands, and the text around is not
 * touched. Its own way to change a document would write all of it anew.
 *
 * @module
 */

import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, parseDocument } from "yaml";
import { LIMITS } from "../../base/limits.ts";
import { lineAndColumn, replaced } from "../shared/parts/data/rendering.ts";
import type { Change, DataValue, Place } from "../shared/parts/data/value.ts";
import type { Format, ReadData } from "../shared/parts/data/data_part.ts";
import { blockText, inlineText, isOtherElsewhere, type Layout, layoutOf } from "./rendering.ts";

/** YAML 1.2, written so that readers of 1.1 understand the same. */
export const YAML_FORMAT: Format = {
  name: "YAML",
  mostBytes: LIMITS.slowDataBytes,
  read,
  write,
  isDoubtful,
};

/** More uses of one part than this are an attack, not a file. */
const ALIASES_MOST = 100;

function parsed(text: string) {
  // That keys are there once is looked at below, in one go: the library compares each with each.
  return parseDocument(text, { prettyErrors: false, strict: true, uniqueKeys: false });
}

function read(text: string): ReadData {
  const document = parsed(text);
  const [error] = document.errors;
  if (error !== undefined) {
    const message = error.code.toLowerCase().replaceAll("_", " ");
    return { ok: false, ...lineAndColumn(text, error.pos[0]), message };
  }
  const twice = keyTwice(document.contents);
  if (twice !== undefined) {
    return { ok: false, ...lineAndColumn(text, twice), message: "duplicate key" };
  }
  try {
    const whole: unknown = document.toJS({ maxAliasCount: ALIASES_MOST });
    return { ok: true, whole: whole ?? {} };
  } catch {
    return { ok: false, line: 1, column: 1, message: "one part is used too many times" };
  }
}

/** Where the first key stands that its map already has. */
function keyTwice(node: unknown): number | undefined {
  if (isSeq(node)) return firstOf(node.items, keyTwice);
  if (!isMap(node)) return undefined;
  const known = new Set<unknown>();
  return firstOf(node.items, ({ key, value }) => {
    if (isScalar(key) && known.has(key.value)) return startOf(key);
    if (isScalar(key)) known.add(key.value);
    return keyTwice(value);
  });
}

function firstOf<T>(all: Iterable<T>, find: (each: T) => number | undefined): number | undefined {
  for (const each of all) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a value stands. */
interface FoundNode {
  readonly node: Node | null;
  /** Undefined: it is the whole document. */
  readonly pair?: Pair;
  /** The map or list that it is in. */
  readonly outer?: Node;
  /** Whether what it is in is written with braces or brackets. */
  readonly isFlow: boolean;
}

function spotOf(contents: Node | null, at: Place): FoundNode | undefined {
  let spot: FoundNode = { node: contents, isFlow: false };
  for (const step of at) {
    const { node } = spot;
    if (!isMap(node) && !isSeq(node)) return undefined;
    const isFlow = spot.isFlow || node.flow === true;
    if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      if (!isNode(item)) return undefined;
      spot = { node: item, outer: node, isFlow };
      continue;
    }
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    if (pair === undefined) return undefined;
    spot = { node: isNode(pair.value) ? pair.value : null, pair, outer: node, isFlow };
  }
  return isAlias(spot.node) ? undefined : spot;
}

/** Whether a text is a number or the like for older readers. */
function isDoubtful(text: string, at: Place): boolean {
  const node = spotOf(parsed(text).contents, at)?.node;
  return isScalar(node) && node.type === "PLAIN" && typeof node.value === "string" &&
    isOtherElsewhere(node.value);
}

function write(text: string, change: Change): string | undefined {
  const layout = layoutOf(text);
  const { contents } = parsed(text);
  const outer = spotOf(contents, change.at.slice(0, -1));
  if (outer === undefined) return undefined;
  const spot = spotOf(contents, change.at);
  if (change.type === "remove") return spot && without(text, spot, outer, layout);
  if (spot !== undefined) return withOther(text, spot, change.value, layout);
  const key = change.at.at(-1) ?? "";
  return withMore(text, outer, key, change.value, layout);
}

function isBlockValue(value: DataValue): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function endOf(node: Node): number {
  return node.range?.[1] ?? 0;
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

/** Behind the line in which something ends. */
function afterLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === "\n") return offset;
  const at = text.indexOf("\n", offset);
  return at < 0 ? text.length : at + 1;
}

/** Behind the sign after a key. */
function afterKey(text: string, pair: Pair): number | undefined {
  if (!isNode(pair.key)) return undefined;
  const at = text.indexOf(":", endOf(pair.key));
  return at < 0 ? undefined : at + 1;
}

function withOther(
  text: string,
  { node, pair, outer, isFlow }: FoundNode,
  value: DataValue,
  layout: Layout,
): string | undefined {
  if (outer === undefined) return undefined;
  const isFlowValue = isFlow || ((isMap(node) || isSeq(node)) && node.flow === true);
  const isInline = isFlowValue || !isBlockValue(value);
  const sign = pair === undefined ? undefined : afterKey(text, pair);
  if (node === null || startOf(node) === endOf(node)) {
    if (sign === undefined) return undefined;
    const shown = isInline ? ` ${inlineText(value)}` : blockBehind(text, pair, value, layout);
    return shown === undefined ? undefined : replaced(text, sign, sign, shown);
  }
  const isBlockNode = (isMap(node) || isSeq(node)) && node.flow !== true;
  const isBlockScalar = isScalar(node) && (node.type ?? "").startsWith("BLOCK");
  if (isInline && !isBlockNode && !isBlockScalar) {
    const style = isScalar(node) ? node.type : undefined;
    return replaced(text, startOf(node), endOf(node), inlineText(value, style));
  }
  // The line end behind it is not part of it.
  let end = endOf(node);
  while (end > startOf(node) && (text[end - 1] === "\n" || text[end - 1] === "\r")) end--;
  if (pair === undefined) {
    const shown = isInline
      ? inlineText(value)
      : blockText(value, columnOf(text, startOf(node)), layout);
    return replaced(text, startOf(node), end, shown);
  }
  const shown = isInline ? ` ${inlineText(value)}` : blockBehind(text, pair, value, layout);
  return sign === undefined || shown === undefined ? undefined : replaced(text, sign, end, shown);
}

/** A map or a list below its key. */
function blockBehind(
  text: string,
  pair: Pair | undefined,
  value: DataValue,
  layout: Layout,
): string | undefined {
  if (!isNode(pair?.key)) return undefined;
  return belowKey(value, columnOf(text, startOf(pair.key)), layout);
}

function belowKey(value: DataValue, column: number, layout: Layout): string {
  const inner = Array.isArray(value) && !layout.indentsLists ? column : column + layout.indent;
  return layout.end + " ".repeat(inner) + blockText(value, inner, layout);
}

function withMore(
  text: string,
  { node, isFlow }: FoundNode,
  key: string | number,
  value: DataValue,
  layout: Layout,
): string | undefined {
  const name = inlineText(String(key));
  if (node === null) {
    const gap = text === "" || text.endsWith("\n") ? "" : layout.end;
    return `${text}${gap}${pairText(name, value, 0, layout)}${layout.end}`;
  }
  if (!isMap(node) && !isSeq(node)) return undefined;
  const { items } = node;
  const last: unknown = items.at(-1);
  if (isFlow || node.flow === true || last === undefined) {
    const shown = inlineText(value);
    const entry = isMap(node) ? `${name}: ${shown}` : shown;
    if (last !== undefined) {
      const at = endOfItem(text, last);
      return at === undefined ? undefined : replaced(text, at, at, `, ${entry}`);
    }
    const [open, close] = isMap(node) ? ["{ ", " }"] : ["[", "]"];
    return replaced(text, startOf(node), endOf(node), open + entry + close);
  }
  const end = endOfItem(text, last);
  if (end === undefined) return undefined;
  const column = columnOf(text, startOf(node));
  const entry = isMap(node)
    ? pairText(name, value, column, layout)
    : `- ${isBlockValue(value) ? blockText(value, column + 2, layout) : inlineText(value)}`;
  const at = afterLine(text, end);
  const gap = at > 0 && text[at - 1] !== "\n" ? layout.end : "";
  const behind = gap === "" ? layout.end : "";
  return replaced(text, at, at, gap + " ".repeat(column) + entry + behind);
}

function pairText(name: string, value: DataValue, column: number, layout: Layout): string {
  return isBlockValue(value)
    ? `${name}:${belowKey(value, column, layout)}`
    : `${name}: ${inlineText(value)}`;
}

/** Where an entry of a map or a list ends. */
function endOfItem(text: string, item: unknown): number | undefined {
  if (isNode(item)) return endOf(item);
  if (typeof item !== "object" || item === null || !("key" in item) || !isNode(item.key)) {
    return undefined;
  }
  if ("value" in item && isNode(item.value)) return endOf(item.value);
  const sign = text.indexOf(":", endOf(item.key));
  return sign < 0 ? endOf(item.key) : sign + 1;
}

function startOfItem(item: unknown): number | undefined {
  if (isNode(item)) return startOf(item);
  return typeof item === "object" && item !== null && "key" in item && isNode(item.key)
    ? startOf(item.key)
    : undefined;
}

function without(
  text: string,
  spot: FoundNode,
  outer: FoundNode,
  layout: Layout,
): string | undefined {
  const { node } = outer;
  if (!isMap(node) && !isSeq(node)) return undefined;
  const items: readonly unknown[] = node.items;
  const index = items.indexOf(spot.pair ?? spot.node);
  const [start, end] = [startOfItem(items[index]), endOfItem(text, items[index])];
  if (index < 0 || start === undefined || end === undefined) return undefined;
  if (items.length === 1) {
    if (outer.outer === undefined) {
      return replaced(text, startOf(node), endOf(node), `{}${layout.end}`);
    }
    return withOther(text, outer, isMap(node) ? {} : [], layout);
  }
  const next = startOfItem(items[index + 1]);
  if (outer.isFlow || node.flow === true) {
    if (next !== undefined) return replaced(text, start, next, "");
    const before = endOfItem(text, items[index - 1]);
    return before === undefined ? undefined : replaced(text, before, end, "");
  }
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.slice(lineStart, start);
  if (before.trim() === (isSeq(node) ? "-" : "")) {
    return replaced(text, lineStart, afterLine(text, end), "");
  }
  // It stands behind the - of a list: what comes next takes its place.
  return next === undefined ? undefined : replaced(text, start, next, "");
}
