/**
 * The pass over edges.
 *
 * @module
 */

import { didYouMean, nearest } from "../base/nearest.ts";
import { hasSecret } from "../base/secret_token.ts";
import { cycleText } from "../graph/cycle.ts";
import type { Cycle } from "../graph/cycle.ts";
import type { Edge } from "../graph/graph.ts";
import { topologicalOrder } from "../graph/order.ts";
import type { Registry } from "../kind/kind.ts";
import { keyOf } from "../kind/resource.ts";
import { junctionKey } from "./collect_junction.ts";
import { describeValue, isMap, isNothing, shown } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import type { Path } from "./path.ts";
import type { WrittenResource } from "./resources.ts";
import { KIND_WORDS, kindWord, otherKind } from "./kind_words.ts";
import { misplacedSecret } from "./secrets.ts";
import { unknownKind } from "./unknown_kind.ts";

/** What the pass needs. */
export interface EdgeScope {
  readonly registry: Registry;
  readonly written: ReadonlyMap<string, WrittenResource>;
  /** The ids of the entries of collect that have one. */
  readonly collectIds: readonly string[];
  readonly mistakes: Mistakes;
}

/** What the pass returns. */
export interface ReadEdges {
  readonly edges: readonly Edge[];
  /** Edges left out because one of their ends is exported. */
  readonly exported: number;
}

/** An edge and its position in the file's list. */
interface PlacedEdge extends Edge {
  readonly index: number;
}

/** One edge as a graph file says it. */
export interface EdgeFields<KindName = string> {
  readonly name?: string;
  readonly from: EdgeEndFields<KindName>;
  readonly to: EdgeEndFields<KindName>;
  readonly notify?: boolean;
}

/** A resource, or all that an entry of collect takes. */
export type EdgeEndFields<KindName = string> =
  | { readonly kind: KindName; readonly name: string }
  | { readonly collect: string };

const EDGE_KEYS: readonly (keyof EdgeFields)[] = ["name", "from", "to", "notify"];
const END_KEYS = [...KIND_WORDS, "name", "collect"];
const OTHER_WORDS: Readonly<Record<string, string>> = { resource: "kind" };
const END_EXAMPLE = "{kind: file, name: file1}";

/** Reads all edges. Cycles are looked for among those that are right by themselves. */
export function readEdges(entries: readonly unknown[], scope: EdgeScope): ReadEdges {
  const placed = new Map<string, PlacedEdge>();
  const ends = new EndReader(scope);
  let exported = 0;
  for (let index = 0; index < entries.length; index++) {
    const edge = readEdge(entries[index], index, ends, scope.mistakes);
    if (edge === undefined) continue;
    if (scope.written.get(edge.from)?.exported || scope.written.get(edge.to)?.exported) {
      exported++;
    } else keep(edge, placed, scope.mistakes);
  }
  const edges = [...placed.values()];
  reportCycles(edges, scope);
  return {
    edges: edges.map(({ name, from, to, notify }) => ({ name, from, to, notify })),
    exported,
  };
}

function readEdge(
  entry: unknown,
  index: number,
  ends: EndReader,
  mistakes: Mistakes,
): PlacedEdge | undefined {
  const path = ["edges", index];
  if (!isMap(entry)) {
    mistakes.error(path, `an edge must be a map, not ${describeValue(entry)}`, {
      hint: `write - {name: e1, from: ${END_EXAMPLE}, to: {kind: exec, name: exec1}}`,
    });
    return undefined;
  }
  const meant = reportUnknownKeys(entry, EDGE_KEYS, path, mistakes);
  const from = meant.has("from") ? undefined : ends.read(entry, "from", path);
  const to = meant.has("to") ? undefined : ends.read(entry, "to", path);
  const notify = readNotify(entry.notify, path, mistakes);
  const name = readName(entry.name, path, mistakes);
  if (from === undefined || to === undefined) return undefined;
  if (from === to) {
    mistakes.error([...path, "to"], `this edge goes from ${from} to itself`);
    return undefined;
  }
  return { name: name ?? `${from} → ${to}`, from, to, notify, index };
}

/** Reports unknown keys; returns what they probably meant, so that it is not reported as missing. */
function reportUnknownKeys(
  map: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: Path,
  mistakes: Mistakes,
): ReadonlySet<string> {
  const meant = new Set<string>();
  for (const key of Object.keys(map)) {
    if (known.includes(key)) continue;
    const other = Object.hasOwn(OTHER_WORDS, key) ? OTHER_WORDS[key] : undefined;
    const word = known.includes(other ?? "") ? other : nearest(key, known);
    if (word !== undefined && !Object.hasOwn(map, word)) meant.add(word);
    mistakes.error([...path, key], `the field ${shown(key)} is unknown in an edge`, {
      part: "key",
      hint: word === undefined ? `known are: ${known.join(", ")}` : `did you mean "${word}"?`,
    });
  }
  return meant;
}

function readNotify(value: unknown, path: Path, mistakes: Mistakes): boolean {
  if (typeof value === "boolean") return value;
  if (!isNothing(value)) {
    const message = `notify must be true or false, not ${describeValue(value)}`;
    mistakes.error([...path, "notify"], message);
  }
  return false;
}

function readName(value: unknown, path: Path, mistakes: Mistakes): string | undefined {
  if (isNothing(value) || value === "") return undefined;
  const isText = typeof value === "string";
  if (isText && !hasSecret(value)) return value;
  const message = isText
    ? misplacedSecret("an edge").message
    : `the name of an edge must be text, not ${describeValue(value)}`;
  mistakes.error([...path, "name"], message, { quote: !isText && typeof value !== "object" });
  return undefined;
}

/** Notes an edge; the same one twice is one edge, and worth a word. */
function keep(edge: PlacedEdge, placed: Map<string, PlacedEdge>, mistakes: Mistakes): void {
  const ends = JSON.stringify([edge.from, edge.to]);
  const earlier = placed.get(ends);
  if (earlier === undefined) {
    placed.set(ends, edge);
    return;
  }
  mistakes.warning(["edges", edge.index], `the edge ${edge.from} → ${edge.to} is there twice`, {
    other: { text: "the first is on", path: ["edges", earlier.index] },
  });
  placed.set(ends, { ...earlier, notify: earlier.notify || edge.notify });
}

/** Reads the ends of edges; similar names are looked up only for mistakes. */
class EndReader {
  readonly #scope: EdgeScope;
  #namesByKind: ReadonlyMap<string, readonly WrittenResource[]> | undefined;

  constructor(scope: EdgeScope) {
    this.#scope = scope;
  }

  /** The key of the resource at one end, if the file has it. */
  read(
    edge: Readonly<Record<string, unknown>>,
    end: "from" | "to",
    edgePath: Path,
  ): string | undefined {
    const { mistakes } = this.#scope;
    const value = edge[end];
    const path = [...edgePath, end];
    if (isNothing(value)) {
      mistakes.error(path, `the edge has no "${end}"`, { hint: `add ${end}: ${END_EXAMPLE}` });
      return undefined;
    }
    if (!isMap(value)) {
      const message = `"${end}" must be a map, not ${describeValue(value)}`;
      mistakes.error(path, message, { hint: `write ${end}: ${hintForText(value) ?? END_EXAMPLE}` });
      return undefined;
    }
    const meant = reportUnknownKeys(value, END_KEYS, path, mistakes);
    if (Object.hasOwn(value, "collect")) return this.#readCollect(value, path);
    const kind = meant.has("kind") ? undefined : this.#readKind(value, path);
    const name = meant.has("name") ? undefined : this.#text(value, "name", path);
    return kind === undefined || name === undefined ? undefined : this.#resolve(kind, name, path);
  }

  /** All that an entry of collect takes. */
  #readCollect(value: Readonly<Record<string, unknown>>, path: Path): string | undefined {
    const { collectIds, mistakes } = this.#scope;
    const other = END_KEYS.find((key) => key !== "collect" && Object.hasOwn(value, key));
    if (other !== undefined) {
      const message = `"${path[path.length - 1]}" is either an entry of collect or a resource`;
      mistakes.error([...path, other], message, { part: "key", hint: `leave out ${other}` });
      return undefined;
    }
    const id = this.#text(value, "collect", path);
    if (id === undefined || collectIds.includes(id)) return id && junctionKey(id);
    mistakes.error([...path, "collect"], `no entry of collect has the id ${shown(id)}`, {
      hint: didYouMean(id, collectIds) ??
        (collectIds.length === 0
          ? `give one: collect: [{id: ${id}, kind: …}]`
          : `there are: ${collectIds.map(shown).join(", ")}`),
    });
    return undefined;
  }

  #readKind(value: Readonly<Record<string, unknown>>, path: Path): string | undefined {
    const { registry, mistakes } = this.#scope;
    const field = kindWord(value);
    const kind = this.#text(value, field, path);
    if (kind === undefined) return undefined;
    const other = otherKind(value, kind);
    if (other !== undefined) {
      mistakes.error([...path, other.word], other.message);
      return undefined;
    }
    if (registry.has(kind)) return kind;
    const { message, hint } = unknownKind(kind, registry);
    mistakes.error([...path, field], message, { hint });
    return undefined;
  }

  #text(
    value: Readonly<Record<string, unknown>>,
    field: string,
    path: Path,
  ): string | undefined {
    const text = value[field];
    const { mistakes } = this.#scope;
    if (typeof text === "string" && text !== "") {
      if (!hasSecret(text)) return text;
      mistakes.error([...path, field], misplacedSecret("an edge").message);
    } else if (isNothing(text) || text === "") {
      const at = Object.hasOwn(value, field) ? [...path, field] : path;
      mistakes.error(at, `"${path[path.length - 1]}" has no ${field}`, {
        hint: `write it as ${END_EXAMPLE}`,
      });
    } else {
      const message = `${field} must be text, not ${describeValue(text)}`;
      mistakes.error([...path, field], message, { quote: typeof text !== "object" });
    }
    return undefined;
  }

  #resolve(kind: string, name: string, path: Path): string | undefined {
    const key = keyOf(kind, name);
    if (this.#scope.written.has(key)) return key;
    const hint = this.#suggestion(kind, name);
    this.#scope.mistakes.error([...path, "name"], `there is no resource ${key}`, {
      ...(hint === undefined ? {} : { hint }),
    });
    return undefined;
  }

  #suggestion(kind: string, name: string): string | undefined {
    this.#namesByKind ??= Map.groupBy(this.#scope.written.values(), (written) => written.kind);
    for (const [other, list] of this.#namesByKind) {
      if (other !== kind && list.some((written) => written.name === name)) {
        return `did you mean ${keyOf(other, name)}?`;
      }
    }
    const names = this.#namesByKind.get(kind)?.map((written) => written.name) ?? [];
    if (names.length === 0) return `the graph has no ${kind} resources`;
    return didYouMean(name, names) ??
      (names.length <= 8 ? `there are: ${names.map(shown).join(", ")}` : undefined);
  }
}

/** `file[file1]` is how a resource is named everywhere but here. */
function hintForText(value: unknown): string | undefined {
  const match = typeof value === "string" ? /^(\w+)\[(.+)\]$/.exec(value) : null;
  return match === null ? undefined : `{kind: ${match[1]?.toLowerCase()}, name: ${match[2]}}`;
}

function reportCycles(
  edges: readonly PlacedEdge[],
  { written, collectIds, mistakes }: EdgeScope,
): void {
  const keys = [...written.keys(), ...collectIds.map(junctionKey)];
  const vertices = new Map(keys.map((key) => [key, undefined]));
  const order = topologicalOrder({ name: "", vertices, edges });
  if (order.ok) return;
  for (const cycle of order.cycles) {
    const last = lastWritten(cycle as readonly PlacedEdge[]);
    mistakes.error(["edges", last], `these wait for each other: ${cycleText(cycle)}`, {
      hint: "take away one of these edges, for instance this one",
    });
  }
}

/** The edge that was probably added last is probably the wrong one. */
function lastWritten(cycle: readonly (Cycle[number] & { readonly index: number })[]): number {
  return Math.max(...cycle.map(({ index }) => index));
}
