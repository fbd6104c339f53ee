import { ok } from "../../base/result.ts";
import { whyForReaders } from "../private_answers.ts";
import { resourceNow } from "../resource_now.ts";
import type { Route } from "../route.ts";

/** Why the last action on a resource was done, and how it is now. */
export const why: Route = {
  method: "GET",
  path: "/v1/why/",
  askers: "readers",
  answer: async ({ rest, askers }, agent) => {
    const key = agent.keyOf(rest);
    const now = key.ok ? resourceNow(key.value, agent, askers) : undefined;
    const journal = await agent.journal();
    const found = journal.ok ? journal.value.why(key.ok ? key.value : rest) : journal;
    if (found.ok) {
      const told = askers === "readers" ? whyForReaders(found.value, agent) : found.value;
      return ok({ ...told, ...(now === undefined ? {} : { now }) });
    }
    // What was never touched is known by the graph alone.
    return now === undefined || !key.ok
      ? found
      : ok({ version: 1, type: "why", key: key.value, chain: [], now });
  },
};
