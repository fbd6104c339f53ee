import { fail } from "../../base/result.ts";
import type { Route } from "../route.ts";

/** A large graph, read and compared beside all else. */
const PLAN_LIMIT_MS = 60_000;

/** What putting a graph in force would do, as far as the agent knows without looking. */
export const plan: Route = {
  method: "GET",
  path: "/v1/plan",
  askers: "owner",
  limitMs: PLAN_LIMIT_MS,
  answer: async ({ given: { file, name, color }, signal }, agent) =>
    typeof file === "string"
      ? await agent.plan({
        file,
        ...(typeof name === "string" && { name }),
        color: color === true,
      }, signal)
      : fail("file is no text: the absolute path of a graph", { code: "bad-request" }),
};
