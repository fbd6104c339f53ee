import { parseKey } from "../../../src/cluster/store/keys.ts";
import { read } from "../../../src/cluster/store/records.ts";
import type { Invariant } from "../invariant.ts";
import type { Machine } from "../machine.ts";

/** Of agents with one identity one writes the host's keys: whoever has them, as long as it lives. */
export function oneOfEach(): Invariant {
  const writers = new Map<string, { machine: Machine; life: number; id: string }>();
  /** How often one run of an agent got the name that another run had, which cannot always be told. */
  const overtaken = new Map<string, number>();
  return {
    name: "of copies one has a part in the cluster, and none ends another",
    see(event) {
      if (event.type !== "written") return undefined;
      const { machine, cluster, transaction } = event;
      for (const put of transaction.then) {
        const parsed = put.type === "put" ? parseKey(put.key) : undefined;
        if (put.type !== "put" || parsed?.type !== "live") continue;
        const id = read.live(put.value)?.id ?? "";
        const before = writers.get(parsed.host);
        writers.set(parsed.host, { machine, life: machine.life, id });
        if (before === undefined || before.machine === machine || before.id !== id) continue;
        const lives = before.machine.agent !== undefined && before.machine.life === before.life;
        const entry = cluster.data.get(put.key);
        if (lives && entry !== undefined && entry.createRevision !== entry.modRevision) {
          return `${machine} takes the name of ${before.machine}, which lives`;
        }
        // Who is stopped each time can do nothing about it.
        if (before.machine.agentPaused) continue;
        const runs = `${before.machine} ${before.life} ${machine} ${machine.life}`;
        overtaken.set(runs, (overtaken.get(runs) ?? 0) + 1);
        if (lives && overtaken.get(runs)! > 1) return `${machine} and ${before.machine} take turns`;
      }
      return undefined;
    },
  };
}
