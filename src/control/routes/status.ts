import { ok } from "../../base/result.ts";
import type { Route } from "../route.ts";
import { statusObject } from "../status_object.ts";

/** How the agent is, with its resources as counts. */
export const status: Route = {
  method: "GET",
  path: "/v1/status",
  askers: "readers",
  answer: ({ askers }, agent) => ok(statusObject(agent, askers)),
};
