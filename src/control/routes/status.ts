import { ok } from "../../base/result.ts";
import type { Route } from "../route.ts";

/** How the agent is, with its resources as counts. */
export const status: Route = {
  method: "GET",
  path: "/v1/status",
  answer: (_, agent) => {
    const { resources: _each, cluster: _other, recap, unchecked, ...run } = agent.snapshot;
    return ok({
      pid: agent.pid,
      ...run,
      file: agent.graphPath,
      resources: { ...recap, unchecked },
      working: agent.working(false),
      waiting: agent.working(true),
      held: agent.holds(),
    });
  },
};
