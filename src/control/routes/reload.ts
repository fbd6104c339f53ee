import { fail, ok } from "../../base/result.ts";
import type { Route } from "../route.ts";

/** systemd waits for 90 s, unless it was told otherwise. */
export const RELOAD_LIMIT_MS = 80_000;

/** Has the agent read its graph file again; answered when the graph is in force, or refused. */
export const reload: Route = {
  method: "POST",
  path: "/v1/reload",
  askers: "owner",
  limitMs: RELOAD_LIMIT_MS,
  answer: async ({ given }, agent) => {
    const { pid } = given;
    if (pid !== undefined && pid !== agent.pid) {
      return fail(`no agent runs as process ${pid}`, { code: "no-agent" });
    }
    const done = await agent.reload();
    return done.ok ? ok({ reloaded: true }) : done;
  },
};
