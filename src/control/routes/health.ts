import { fail, ok } from "../../base/result.ts";
import { count } from "../../base/words.ts";
import type { Snapshot } from "../../report/state.ts";
import type { MonitoredAgent } from "../agent.ts";
import type { Route } from "../route.ts";

/** Whether the agent makes progress, for who only asks that. */
export const health: Route<MonitoredAgent> = {
  method: "GET",
  path: "/healthz",
  askers: "readers",
  answer: (_, agent) => {
    const stuck = agent.stuck();
    return stuck === undefined ? ok({ healthy: true }) : fail(stuck, { code: "hangs" });
  },
};

/** Whether the agent runs the graph that is written, and has looked at all of it. */
export const readiness: Route<MonitoredAgent> = {
  method: "GET",
  path: "/readyz",
  askers: "readers",
  answer: (_, { snapshot }) => {
    const why = unready(snapshot);
    return why === undefined ? ok({ ready: true }) : fail(why, { code: "not-ready" });
  },
};

function unready({ phase, graph, refused, lastGoodOf, unchecked }: Snapshot): string | undefined {
  if (phase === "stopping" || phase === "stopped") return "the agent ends";
  if (graph === undefined) return "no graph is in force yet";
  if (refused || lastGoodOf !== undefined) {
    return "the graph file has mistakes, and an earlier graph stays in force";
  }
  return unchecked === 0
    ? undefined
    : `of ${count(unchecked, "resource")} of the graph no look has ended yet`;
}
