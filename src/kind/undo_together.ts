/**
 * Several changes of one thing as one: what was before the first, and what is after the last.
 *
 * @module
 */

import type { ThingChange, ThingState, TouchedThing } from "./undo.ts";

/** By which a thing is found among those that were changed before. */
export function idOf(
  thing: ThingChange,
  earlier: ReadonlyMap<string, ThingChange>,
): string {
  const { is, name, where } = thing;
  if (where === undefined) return JSON.stringify([is, name]);
  // A part of a file goes on being the same part where it begins with what another change left.
  for (const [id, other] of earlier) {
    if (other.is === is && other.name === name && isContinued(other, thing)) return id;
  }
  return JSON.stringify([is, name, where]);
}

function isContinued({ where, after }: ThingChange, { where: its, before }: ThingChange): boolean {
  return where !== undefined && its !== undefined && where["afterLines"] !== 0 &&
    where["after"] === its["before"] && after["lines"] === before["lines"];
}

/** Changes of things, the oldest first, as one of each. */
export function allTogether(changes: readonly ThingChange[]): readonly ThingChange[] {
  const things = new Map<string, ThingChange>();
  for (const thing of changes) {
    const id = idOf(thing, things);
    const earlier = things.get(id);
    things.set(id, earlier === undefined ? thing : together(earlier, thing));
  }
  return [...things.values()];
}

/** What was before the earlier change, and what is after the later one. */
export function together(earlier: ThingChange, later: ThingChange): ThingChange {
  return {
    ...thingOf(earlier, later),
    before: beforeBoth(earlier, later),
    after: laidOver(earlier.after, later.after),
    ...(earlier.unchanged === undefined ? {} : { unchanged: earlier.unchanged }),
  };
}

function beforeBoth(earlier: ThingChange, later: ThingChange): ThingState {
  const { before, after, unchanged = {} } = earlier;
  const isPart = before["type"] === undefined;
  // Where only a part of it was changed before somebody else removed it, or put something else in its
  // place, nobody knows the rest.
  const isAnother = later.before["type"] !== undefined &&
    Object.keys(after).some((field) => later.before[field] === undefined);
  if (isPart && isAnother) return later.before;
  // What somebody did to it in between was not so before the first.
  const then = Object.keys(later.before).flatMap((field) =>
    isPart && field !== "type" && unchanged[field] !== undefined ? [[field, unchanged[field]]] : []
  );
  return laidOver(later.before, { ...Object.fromEntries(then), ...before });
}

/**
 * A state with these fields of it as they are given. With a type among them they are all of it: what had
 * another type had other fields, and they say nothing of this one.
 */
export function laidOver(state: ThingState, fields: ThingState): ThingState {
  const isWhole = fields["type"] !== undefined || state["type"] === "absent";
  return isWhole ? fields : { ...state, ...fields };
}

function thingOf({ where: first }: ThingChange, { is, name, where }: ThingChange): TouchedThing {
  if (where === undefined || first === undefined) return { is, name };
  const begins: ThingState = Object.fromEntries(
    ["before", "beforeLines"].flatMap((field) =>
      first[field] === undefined ? [] : [[field, first[field]]]
    ),
  );
  return { is, name, where: { ...where, ...begins } };
}
