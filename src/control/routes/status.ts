import { ok } from "../../base/result.ts";
import type { Route } from "../route.ts";

/** How the agent is. */
export const status: Route = {
  method: "GET",
  path: "/v1/status",
  answer: (_, agent) => ok(agent.status()),
};
