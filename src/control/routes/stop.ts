import { ok } from "../../base/result.ts";
import type { Route } from "../route.ts";

/** Ends the agent; what runs is finished first. */
export const stop: Route = {
  method: "POST",
  path: "/v1/stop",
  askers: "owner",
  answer: (_, agent) => {
    agent.stop();
    return ok({ stopping: true });
  },
};
