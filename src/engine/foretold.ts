/**
 * With noop nothing changes, so nobody is owed a refresh; but who would change would ask for it, and
 * whom it would ask, and whom that one would ask in turn, is to be told.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import { madeBy } from "../kind/claims.ts";
import type { EngineOptions } from "./options.ts";
import type { Vertex } from "./vertex.ts";

/** Whether nothing may be changed for this vertex. */
export function isNoop({ resource: { meta } }: Vertex, { noop }: EngineOptions): boolean {
  return noop || meta.noop;
}

/**
 * Records whether a vertex would change now, and so ask the targets of its notify edges; the result is
 * those for whom that is news. Targets that are really refreshed wait for a real change.
 */
export function foretell(vertex: Vertex, would: boolean, options: EngineOptions): Vertex[] {
  const { key } = vertex.resource;
  return vertex.notifies.filter((target) => {
    if (!would) return target.asked.delete(key);
    if (!wouldAsk(vertex, target, options) || target.asked.has(key)) return false;
    target.asked.add(key);
    return true;
  });
}

/** What is left alone by its own `meta.noop` asks nobody in a run either, but others that are. */
function wouldAsk(
  { resource: { meta } }: Vertex,
  target: Vertex,
  { noop }: EngineOptions,
): boolean {
  return target.resource.meta.noop || (noop && !meta.noop);
}

/** The same for all vertices, when edges have come and gone; the result is whom it concerns. */
export function foretellAll(vertices: Iterable<Vertex>, options: EngineOptions): Vertex[] {
  const all = [...vertices];
  const before = all.filter(({ asked }) => asked.size > 0);
  for (const { asked } of before) asked.clear();
  const after = all.filter(({ state }) => state === "would-change")
    .flatMap((vertex) => foretell(vertex, true, options));
  return [...before, ...after];
}

/**
 * The nearest vertex before this one that would change, and might then have mended a failure. What it
 * cannot have to do with is left out, where that is known.
 */
export function mendingBefore(vertex: Vertex, { needs }: Failure): Vertex | undefined {
  const seen = new Set<Vertex>([vertex]);
  for (const { node } of seen) {
    for (const { payload } of node.parents) {
      if (payload.state === "would-change" && mayMend(payload, needs)) return payload;
      seen.add(payload);
    }
  }
  return undefined;
}

function mayMend({ resource: { kind, params, meta } }: Vertex, needs: Failure["needs"]): boolean {
  // It is left as it is in a run, too.
  if (meta.noop) return false;
  // It only passes on; what asked it for that is before it.
  if (kind.junction === true) return false;
  // What a command does is not known.
  if (needs === undefined || kind.claims === undefined || kind.preview === "none") return true;
  const made = madeBy(kind.claims(params));
  return needs.some((need) => made.some((each) => need === each || need.startsWith(`${each}/`)));
}
