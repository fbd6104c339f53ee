/**
 * Who manages what is taken back: the resource that changed it, and any that has taken its place since.
 *
 * @module
 */

import { kindOf } from "../../base/words.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import type { NamedResources } from "../../base/resource_word.ts";
import type { UndoTarget } from "./choose.ts";

/** Resources of a graph that decide a thing of the target, and its own one in any case. */
export function managersIn(
  { vertices }: Graph<Resource>,
  { key, things }: Pick<UndoTarget, "key" | "things">,
): readonly string[] {
  const names = new Set(things.map(({ name }) => name));
  const isAbout = ({ kind, params }: Resource) =>
    kind.kind === kindOf(key) && names.has(kind.identity(params));
  // Of a file with lines of several each decides its own.
  const whole = new Set(things.filter(({ where }) => where === undefined).map(({ name }) => name));
  const decides = ({ kind, params }: Resource) =>
    (kind.controls?.(params) ?? []).some(({ subject, part }) =>
      part ? whole.has(subject) : names.has(subject)
    );
  const managers = [...vertices.values()].filter((each) => isAbout(each) || decides(each));
  return [...new Set([key, ...managers.map((each) => each.key)])];
}

/** The same from what is written down of the last graph (`managed`). */
export function managersBelow(managed: NamedResources, target: UndoTarget): readonly string[] {
  const managers = target.things.flatMap(({ name }) => managed.about(name));
  return [...new Set([target.key, ...managers])];
}
