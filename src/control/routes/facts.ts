import { fail } from "../../base/result.ts";
import type { Route } from "../route.ts";

/** What another host tells of itself, from the cluster, or as it was known last. */
export const facts: Route = {
  method: "GET",
  path: "/v1/facts",
  askers: "owner",
  answer: async ({ given: { host }, signal }, agent) =>
    typeof host === "string"
      ? await agent.factsOf(host, signal)
      : fail("host is no text: the name of a host of the cluster", { code: "bad-request" }),
};
