import type { Route } from "../route.ts";

/** Why the last action on a resource was done. */
export const why: Route = {
  method: "GET",
  path: "/v1/why/",
  answer: async ({ rest }, agent) => {
    const journal = await agent.journal();
    return journal.ok ? journal.value.why(rest) : journal;
  },
};
