import { label } from "../../base/words.ts";
import { shellWord } from "../../base/shell_word.ts";
import type { EventSink, ReportEvent } from "../../report/event.ts";
import { ALL } from "./hold_file.ts";

/**
 * A sink that says once of what an undo holds when the graph agrees with it again: whoever has put the graph
 * right would otherwise have the hold for a day. `tell` says it to people.
 */
export function needlessHolds(tell: (event: ReportEvent) => void): EventSink {
  const differing = new Set<string>();
  return {
    event: (event) => {
      if (event.type === "held" && event.hold.undo === true) differing.add(event.key);
      if (differing.size === 0) return;
      if (event.type === "hold-ended") {
        if (event.keys.includes(ALL)) differing.clear();
        for (const key of event.keys) differing.delete(key);
      }
      if (event.type !== "ok" || !differing.delete(event.key)) return;
      const name = label(event.key);
      const text =
        `${name}: the graph agrees with what was brought back, so it need not be held: ` +
        `mgmt release ${shellWord(event.key)}`;
      tell({ type: "notice", topic: "Undo", text });
    },
  };
}
