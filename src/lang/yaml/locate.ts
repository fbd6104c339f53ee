/**
 * Finds where in a text the things are that a mistake is about. Only used once something is wrong.
 *
 * @module
 */

import { readNodes } from "./nodes.ts";
import type { Node, Nodes } from "./nodes.ts";
import type { PlacePart } from "../document.ts";
import type { Path, Spot } from "../path.ts";

/** Finds places in one text. */
export interface Locator {
  /** Where the path leads, or the nearest place on the way to it. */
  find(path: Path, part: PlacePart): Spot | undefined;
}

/** Reads a text for its places. */
export async function openLocator(text: string): Promise<Locator> {
  const nodes = readNodes(text) ?? await readOtherwise(text);
  const lines = new LineIndex(text);
  return {
    find(path, part) {
      const node = nodes && walk(nodes, path, part);
      return node && spotOf(node, text, lines);
    },
  };
}

async function readOtherwise(text: string): Promise<Nodes | undefined> {
  const { readNodesSlowly } = await import("./yaml_nodes.ts");
  return readNodesSlowly(text);
}

function walk(nodes: Nodes, path: Path, part: PlacePart): Node {
  let node = nodes.root;
  let key: Node | undefined;
  for (const [depth, segment] of path.entries()) {
    const inside = followed(node, nodes);
    const found = inside && entry(inside, segment);
    if (inside === undefined || found === undefined) {
      return key !== undefined && node.kind === "empty" ? key : nameIn(inside) ?? node;
    }
    key = found.key ?? key;
    node = found.value;
    if (depth === path.length - 1 && part === "key" && found.key !== undefined) return found.key;
  }
  return node.kind === "empty" && key !== undefined ? key : node;
}

/** What an alias stands for. */
function followed(node: Node, { byValue }: Nodes): Node | undefined {
  if (node.kind !== "alias") return node;
  return typeof node.value === "object" && node.value !== null
    ? byValue.get(node.value)
    : undefined;
}

/** The last entry of this name: the one that counts where a key is written twice. */
function entry(node: Node, segment: string | number): { key?: Node; value: Node } | undefined {
  if (node.kind === "list") {
    const value = typeof segment === "number" ? node.children[segment] : undefined;
    return value && { value };
  }
  if (node.kind !== "map") return undefined;
  for (let index = node.children.length - 2; index >= 0; index -= 2) {
    const key = node.children[index]!;
    if (String(key.value) === String(segment)) return { key, value: node.children[index + 1]! };
  }
  return undefined;
}

/** Where a map lacks something, its name says best which map it is. */
function nameIn(node: Node | undefined): Node | undefined {
  const name = node && entry(node, "name")?.value;
  return name?.kind === "empty" ? undefined : name;
}

function spotOf(node: Node, text: string, lines: LineIndex): Spot {
  const start = node.start;
  const first = node.children[0];
  if (node.kind === "map" && text[start] !== "{" && first !== undefined && first !== node) {
    return spotOf(first, text, lines);
  }
  const line = lines.lineAt(start);
  const end = node.kind === "list" && text[start] === "-"
    ? start + 1
    : Math.min(node.end, lines.endOf(line));
  const source = text.slice(start, end).trimEnd();
  return {
    line,
    column: countCharacters(text.slice(lines.startOf(line), start)) + 1,
    length: Math.max(1, countCharacters(source)),
    source,
  };
}

/** Characters as a reader counts them, not halves of them. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _character of text) count++;
  return count;
}

/** Lines of a text by offset. */
class LineIndex {
  readonly #starts: number[] = [0];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  /** The 1-based line that an offset is in. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  startOf(line: number): number {
    return this.#starts[line - 1] ?? this.#text.length;
  }

  /** Behind the last character of a line, its line break excluded. */
  endOf(line: number): number {
    const next = this.#starts[line];
    return next === undefined ? this.#text.length : next - 1;
  }
}
