import { ok } from "../../base/result.ts";
import { failureObject } from "../answers.ts";
import type { Route } from "../route.ts";

/** How the host stands with its cluster, as far as its agent has heard. */
export const cluster: Route = {
  method: "GET",
  path: "/v1/cluster",
  askers: "readers",
  answer: (_, agent) => {
    const { outcast, ...seen } = agent.snapshot.cluster;
    return ok({ ...seen, ...(outcast === undefined ? {} : { outcast: failureObject(outcast) }) });
  },
};
