/**
 * Graphs of resources that are nothing but what they give and need.
 *
 * @module
 */

import type { Edge, Graph } from "../../src/graph/graph.ts";
import { defineKind } from "../../src/kind/kind.ts";
import { type Meta, META_DEFAULTS } from "../../src/kind/meta.ts";
import type { Resource } from "../../src/kind/resource.ts";
import type { Relations } from "../../src/kind/relations.ts";
import { findAutoEdges, type LeftOut, type OwnedPaths } from "../../src/lang/autoedge/autoedge.ts";

/** Ties by name, and whether the resource takes part. */
export type Things = Readonly<Record<string, Relations & { readonly autoedge?: boolean }>>;

const rest = {
  summary: "",
  fields: {} as never,
  examples: [],
  heals: true,
  changesHost: false,
  preview: "full",
  resolve: () => ({}),
  identity: () => "",
  memory: () => undefined,
  check: () => undefined,
  apply: () => undefined,
} as const;

const tied = defineKind<unknown, Relations, unknown, undefined>({
  ...rest,
  kind: "tied",
  relations: (ties) => ties,
});

/** The same, of a kind that cannot be run. */
export const UNAVAILABLE = defineKind<unknown, Relations, unknown, undefined>({
  ...rest,
  kind: "unavailable",
  relations: (ties) => ties,
  unavailable: "not in this version",
});

/** A graph of things, with `a b` for an explicit edge from a to b. */
export function tiedGraph(
  things: Things,
  edges: readonly string[] = [],
  kind = tied,
): Graph<Resource> {
  const vertices = new Map(
    Object.entries(things).map(([key, { autoedge = true, ...params }]): [string, Resource] => {
      const meta: Meta = { ...META_DEFAULTS, autoedge };
      return [key, { key, kind, name: key, params, meta }];
    }),
  );
  return { name: "tied", vertices, edges: edges.map(explicit) };
}

function explicit(text: string): Edge {
  const [from = "", to = ""] = text.split(" ");
  return { name: text, from, to, notify: false };
}

/** The automatic edges that are found, as `a b: reason`, in no order. */
export function found(graph: Graph<Resource>, owned: OwnedPaths = new Map()): string[] {
  const { graph: after } = findAutoEdges(graph).finish(owned);
  return after.edges.filter(({ automatic }) => automatic)
    .map(({ name, from, to }) => `${from} ${to}: ${name}`).sort();
}

/** Those that are left out, as `a b`. */
export function leftOut(graph: Graph<Resource>): string[] {
  const ends = ({ edge: { from, to } }: LeftOut) => `${from} ${to}`;
  return findAutoEdges(graph).finish(new Map()).leftOut.map(ends).sort();
}
