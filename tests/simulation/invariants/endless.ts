import { operationKey } from "../../../src/cluster/store/keys.ts";
import type { Invariant } from "../invariant.ts";

/** Changes that one fault, wish or start may cause. */
const EACH = 12;

/** No endless action: what is begun is in proportion to what happened. */
export function endless(): Invariant {
  let begun = 0;
  const asked = new Map<string, number>();
  return {
    name: "no endless action",
    see(event, world) {
      if (event.type === "landed" && event.worked && event.call.type === "add") {
        const [url = ""] = event.call.peerUrls;
        const count = (asked.get(url) ?? 0) + 1;
        asked.set(url, count);
        const broken = world.machines.some((each) => each.broken && each.peerUrl === url);
        // Each pause is twice as long as the one before.
        const most = 2 + Math.log2(world.now / 30_000 + 1) + world.faults;
        if (broken && count > most) return `${url} was asked ${count} times and cannot start`;
      }
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
