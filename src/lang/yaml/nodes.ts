/**
 * The nodes of a YAML text with their offsets. The parser tells when it opens and closes a node;
 * this rebuilds the tree from that. It costs a tenth of what a parser that keeps places by itself
 * costs, in time and in memory, which matters for a large graph with a mere warning.
 *
 * @module
 */

import { parseYaml } from "./syntax.ts";
import type { ListenerState } from "./syntax.ts";

/** One node; `alias` has no content of its own, `empty` no place of its own. */
export interface Node {
  readonly kind: "scalar" | "list" | "map" | "alias" | "empty";
  /** Offsets of its first character and behind its last one, blanks may follow within. */
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  /** A list's items; a map's keys and values by turns. */
  readonly children: readonly Node[];
}

/** The nodes of a text, and the collections by their values, for aliases. */
export interface Nodes {
  readonly root: Node;
  readonly byValue: ReadonlyMap<object, Node>;
}

interface OpenNode {
  readonly position: number;
  readonly children: Node[];
}

/**
 * Reads the nodes of a text that parses, duplicate keys aside; undefined where it does not, or
 * where it uses a notation (explicit keys with `?`) that cannot be followed this way.
 */
export function readNodes(text: string): Nodes | undefined {
  const byValue = new Map<object, Node>();
  const open: OpenNode[] = [{ position: 0, children: [] }];
  let followed = true;
  const close = (state: ListenerState) => {
    const { position, children } = open.pop()!;
    const node = nodeOf(state, position, children);
    if (node === undefined) {
      followed = false;
      return;
    }
    open[open.length - 1]?.children.push(node);
    if (isCollection(node)) byValue.set(node.value as object, node);
  };
  const parsed = parseYaml(text, {
    duplicateKeys: true,
    listener: (event, state) => {
      if (event === "open") open.push({ position: state.position, children: [] });
      else close(state);
    },
  });
  const root = open[0]?.children[0];
  return parsed.ok && followed && root !== undefined ? { root, byValue } : undefined;
}

function isCollection(node: Node): boolean {
  return node.kind === "map" || node.kind === "list";
}

function nodeOf(state: ListenerState, opened: number, children: Node[]): Node | undefined {
  const value = state.result;
  const end = state.position;
  if (state.kind === null) {
    const kind = value === null ? "empty" : "alias";
    return { kind, start: contentStart(state.input, opened, end), end, value, children: [] };
  }
  const [only] = children;
  // Before it knows that there is no colon, the parser reads a block's plain content as a key.
  if (only !== undefined && children.length === 1 && only.value === value) return only;
  const start = contentStart(state.input, opened, end);
  if (state.kind === "scalar") return { kind: "scalar", start, end, value, children: [] };
  if (state.kind === "sequence") {
    if (!Array.isArray(value)) return undefined;
    if (value.length !== children.length) return undefined;
    return { kind: "list", start, end, value, children };
  }
  const pairs = pairsOf(children, value as Readonly<Record<string, unknown>>);
  return pairs && { kind: "map", start, end, value, children: pairs };
}

/** The keys and values; the parser's last look for one more key is no child. */
function pairsOf(
  children: Node[],
  value: Readonly<Record<string, unknown>>,
): readonly Node[] | undefined {
  const pairs = children.length % 2 === 1 && children[children.length - 1]?.kind === "empty"
    ? children.slice(0, -1)
    : children;
  if (pairs.length % 2 === 1 || pairs.length / 2 < Object.keys(value).length) return undefined;
  for (let index = 0; index < pairs.length; index += 2) {
    const key = pairs[index]!;
    if (key.kind !== "scalar" || !Object.hasOwn(value, String(key.value))) return undefined;
  }
  return pairs;
}

/** Skips what may stand before a node: blanks, comments, tags and anchors. */
function contentStart(input: string, from: number, end: number): number {
  let at = from;
  for (; at < end; at++) {
    const character = input.charCodeAt(at);
    if (isBlank(character)) continue;
    if (character === 0x23 /* # */) at = endOf(input, at, end, isBreak);
    else if (character === 0x26 /* & */ || character === 0x21 /* ! */) {
      at = endOf(input, at, end, isBlank);
    } else break;
  }
  return at;
}

function endOf(
  input: string,
  from: number,
  end: number,
  ends: (character: number) => boolean,
): number {
  let at = from;
  while (at < end && !ends(input.charCodeAt(at))) at++;
  return at;
}

function isBreak(character: number): boolean {
  return character === 0x0a || character === 0x0d;
}

function isBlank(character: number): boolean {
  return character === 0x20 || character === 0x09 || isBreak(character);
}
