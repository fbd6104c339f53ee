/**
 * The nodes of a YAML text by the slow parser, which knows the place of every node and goes on
 * after a mistake.
 *
 * @module
 */

import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Document } from "yaml";
import { secretToken } from "../../base/secret_token.ts";
import type { Node, Nodes } from "./nodes.ts";

const OPTIONS = {
  version: "1.2",
  schema: "core",
  customTags: ["binary", { tag: "!secret", resolve: (text: string) => secretToken(text.trim()) }],
  merge: false,
  prettyErrors: false,
  logLevel: "error",
} as const;

/** Parses without ever throwing for what is in the text; mistakes are in the document. */
export function parseSlowly(text: string, options: { uniqueKeys: boolean }): Document.Parsed {
  return parseDocument(text, { ...OPTIONS, ...options, customTags: [...OPTIONS.customTags] });
}

/** As `readNodes`, with the slow parser: it follows every notation. */
export function readNodesSlowly(text: string): Nodes | undefined {
  const document = parseSlowly(text, { uniqueKeys: false });
  if (document.contents === null) return undefined;
  const byValue = new Map<object, Node>();

  const convert = (node: unknown, place: number): Node => {
    const range = (node as { range?: readonly number[] } | null)?.range;
    const start = range?.[0] ?? place;
    const at = { start, end: range?.[1] ?? start };
    if (isAlias(node)) return { ...at, kind: "alias", value: node.resolve(document), children: [] };
    if (isScalar(node)) {
      const kind = node.value === null && at.start === at.end ? "empty" : "scalar";
      return { ...at, kind, value: node.value, children: [] };
    }
    if (!isMap(node) && !isSeq(node)) return { ...at, kind: "empty", value: null, children: [] };
    const kind = isMap(node) ? "map" : "list";
    const children = isMap(node)
      ? node.items.flatMap(({ key, value }) => [convert(key, start), convert(value, start)])
      : node.items.map((item) => convert(item, start));
    const made: Node = { ...at, kind, value: node, children };
    byValue.set(node, made);
    return made;
  };
  return { root: convert(document.contents, 0), byValue };
}
