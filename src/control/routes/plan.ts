import { fail } from "../../base/result.ts";
import { planForReaders } from "../private_answers.ts";
import type { Route } from "../route.ts";

/** A large graph, read and compared beside all else. */
const PLAN_LIMIT_MS = 60_000;

/**
 * What putting a graph in force would do, as far as the agent knows without looking; without a graph, what its own
 * would do as it is written now, from looking.
 */
export const plan: Route = {
  method: "GET",
  path: "/v1/plan",
  askers: "readers",
  limitMs: PLAN_LIMIT_MS,
  answer: async ({ given: { file, name, color }, askers, signal }, agent) => {
    if (file === undefined) {
      const own = await agent.ownPlan();
      return askers === "owner" ? own : planForReaders(own, agent.isGraphOpen());
    }
    if (askers !== "owner") {
      return fail("who may only read does not say of which file", { code: "forbidden" });
    }
    if (typeof file !== "string") {
      return fail("file is no text: the absolute path of a graph", { code: "bad-request" });
    }
    const named = typeof name === "string" ? { name } : {};
    return await agent.plan({ file, ...named, color: color === true }, signal);
  },
};
