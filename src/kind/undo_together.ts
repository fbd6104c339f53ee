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

/** What was before the earlier change, and what is after the later one. */
export function together(earlier: ThingChange, later: ThingChange): ThingChange {
  const wasAbsent = earlier.before["type"] === "absent";
  const isAbsent = later.after["type"] === "absent";
  const wasMade = later.before["type"] === "absent" && earlier.after["type"] !== "absent";
  return {
    ...thingOf(earlier, later),
    // Where only a part of it was changed before somebody else removed it, nobody knows the rest.
    before: wasAbsent || (wasMade && earlier.before["type"] === undefined)
      ? { type: "absent" }
      : { ...later.before, ...earlier.before },
    after: isAbsent ? later.after : { ...earlier.after, ...later.after },
  };
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
