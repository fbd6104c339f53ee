import { ok } from "../../base/result.ts";
import { metricsText } from "../../report/metrics/text.ts";
import type { MonitoredAgent } from "../agent.ts";
import { type Route, TextAnswer } from "../route.ts";

/** The text format, as HTTP says it. */
const TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** What Prometheus reads. */
export const metrics: Route<MonitoredAgent> = {
  method: "GET",
  path: "/metrics",
  askers: "readers",
  answer: async (_, agent) => ok(new TextAnswer(TYPE, metricsText(await agent.metrics()))),
};
