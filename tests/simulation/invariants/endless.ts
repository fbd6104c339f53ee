import { operationKey } from "../../../src/cluster/keys.ts";
import type { Invariant } from "../invariant.ts";

/** Changes that one fault, wish or start may cause. */
const EACH = 12;

/** No endless action: what is begun is in proportion to what happened. */
export function endless(): Invariant {
  let begun = 0;
  return {
    name: "no endless action",
    see(event, world) {
      if (event.type !== "written") return undefined;
      const puts = event.transaction.then.some((each) =>
        each.type === "put" && each.key === operationKey()
      );
      if (puts) begun++;
      const broken = world.machines.some((machine) => machine.broken); // it is asked again and again
      if (puts && world.calm && !broken) return "a change is begun although all was well";
      const causes = world.machines.length + world.faults + 2;
      return begun > EACH * causes ? `${begun} changes begun for ${causes} causes` : undefined;
    },
  };
}
