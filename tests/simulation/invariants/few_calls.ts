import type { Invariant } from "../invariant.ts";
import type { Machine } from "../machine.ts";

const SPAN_MS = 10_000;
/** The leader of the busiest fleets makes less than half of that. */
const MOST = 1000;

/** No agent asks the store as fast as it answers. */
export function fewCalls(): Invariant {
  const before = new Map<Machine, number>();
  let nextAt = 0;
  return {
    name: "no agent keeps the store busy",
    see(event, world) {
      if (event.type !== "tick" || world.now < nextAt) return undefined;
      nextAt = world.now + SPAN_MS;
      for (const machine of world.machines) {
        const count = machine.calls - (before.get(machine) ?? 0);
        before.set(machine, machine.calls);
        if (count > MOST) return `${machine} has made ${count} calls in ${SPAN_MS} ms`;
      }
      return undefined;
    },
  };
}
