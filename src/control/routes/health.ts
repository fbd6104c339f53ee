import { fail, ok } from "../../base/result.ts";
import type { Route } from "../route.ts";

/** Whether the agent makes progress, for who only asks that. */
export const health: Route = {
  method: "GET",
  path: "/healthz",
  askers: "readers",
  answer: (_, agent) => {
    const stuck = agent.stuck();
    return stuck === undefined ? ok({ healthy: true }) : fail(stuck, { code: "hangs" });
  },
};
