import type { Route } from "../route.ts";
import { statusObject } from "../status_object.ts";

/** Who takes nothing for so long is not there any more. */
const STALL_MS = 30_000;

/** How the agent is, and then what happens, one object a line, as `--output json` prints it. */
export const events: Route = {
  method: "GET",
  path: "/v1/events",
  askers: "readers",
  stallMs: STALL_MS,
  answer: ({ signal, askers }, agent) =>
    agent.events.read(statusObject(agent, askers), { signal, mayOnlyRead: askers === "readers" }),
};
