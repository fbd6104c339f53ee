/** All routes of the control API. */

import type { Route } from "./route.ts";
import { health } from "./routes/health.ts";
import { leave } from "./routes/leave.ts";
import { reload } from "./routes/reload.ts";
import { status } from "./routes/status.ts";
import { stop } from "./routes/stop.ts";
import { volunteer } from "./routes/volunteer.ts";

export const ROUTES: readonly Route[] = [
  health,
  status,
  reload,
  leave,
  volunteer,
  stop,
];
