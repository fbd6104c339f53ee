/**
 * Who manages what is taken back: the resource that changed it, and any that has taken its place since.
 *
 * @module
 */

import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import { managedNamed } from "../managed/named.ts";
import type { UndoTarget } from "./choose.ts";

/** Resources of a graph that decide a thing of the target, and its own one in any case. */
export function managersIn(graph: Graph<Resource>, target: UndoTarget): readonly string[] {
  const names = new Set(target.things.map(({ name }) => name));
  const managers = [...graph.vertices.values()].filter(({ kind, params }) =>
    names.has(kind.identity(params)) ||
    (kind.controls?.(params) ?? []).some(({ subject }) => names.has(subject))
  );
  return [...new Set([target.key, ...managers.map(({ key }) => key)])];
}

/** The same from what is written down of the last graph. */
export function managersBelow(prefix: string, target: UndoTarget): readonly string[] {
  const managed = managedNamed(prefix);
  const managers = target.things.flatMap(({ name }) => managed.about(name));
  return [...new Set([target.key, ...managers])];
}
