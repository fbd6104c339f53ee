/** All routes of the control API. */

import type { MonitoredAgent } from "./agent.ts";
import type { Route } from "./route.ts";
import { cluster } from "./routes/cluster.ts";
import { events } from "./routes/events.ts";
import { facts } from "./routes/facts.ts";
import { graph } from "./routes/graph.ts";
import { health, readiness } from "./routes/health.ts";
import { history } from "./routes/history.ts";
import { hold, holds, release } from "./routes/hold.ts";
import { leave } from "./routes/leave.ts";
import { metrics } from "./routes/metrics.ts";
import { plan } from "./routes/plan.ts";
import { reload } from "./routes/reload.ts";
import { resource, resources } from "./routes/resources.ts";
import { status } from "./routes/status.ts";
import { stop } from "./routes/stop.ts";
import { undo } from "./routes/undo.ts";
import { volunteer } from "./routes/volunteer.ts";
import { why } from "./routes/why.ts";

/** Those that monitoring asks, also where nothing else is answered. */
export const MONITORING_ROUTES: readonly Route<MonitoredAgent>[] = [metrics, health, readiness];

export const ROUTES: readonly Route[] = [
  ...MONITORING_ROUTES,
  status,
  events,
  resources,
  resource,
  graph,
  cluster,
  history,
  why,
  plan,
  facts,
  holds,
  hold,
  release,
  undo,
  reload,
  leave,
  volunteer,
  stop,
];
