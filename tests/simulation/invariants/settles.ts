import type { Invariant } from "../invariant.ts";
import { problemOf } from "../rest.ts";

/** Once faults stop: one leader, the wanted size, no learner but the odd one out. */
export function settles(): Invariant {
  return {
    name: "once faults stop all is well within a minute",
    see(event, world) {
      return event.type === "end" ? problemOf(world) : undefined;
    },
  };
}
