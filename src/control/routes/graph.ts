import { ok } from "../../base/result.ts";
import { graphNow } from "../graph_now.ts";
import type { Route } from "../route.ts";

/** The graph in force: its vertices, how each is, and its edges. */
export const graph: Route = {
  method: "GET",
  path: "/v1/graph",
  askers: "readers",
  limitMs: 60_000,
  answer: async (_, agent) => ok(await graphNow(agent)),
};
