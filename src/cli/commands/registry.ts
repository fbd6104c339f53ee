/**
 * The commands. A new one is one import and one line here.
 *
 * @module
 */

import type { Command } from "../command.ts";
import { cluster } from "./cluster.ts";
import { diff } from "./diff.ts";
import { doctor } from "./doctor.ts";
import { events } from "./events.ts";
import { evict } from "./evict.ts";
import { explain } from "./explain.ts";
import { facts } from "./facts.ts";
import { forget } from "./forget.ts";
import { graph } from "./graph.ts";
import { helpFor } from "./help.ts";
import { history } from "./history.ts";
import { hold } from "./hold.ts";
import { init } from "./init.ts";
import { leave } from "./leave.ts";
import { members } from "./members.ts";
import { operator } from "./operator.ts";
import { orphans } from "./orphans.ts";
import { plan } from "./plan.ts";
import { release } from "./release.ts";
import { reload } from "./reload.ts";
import { restore } from "./restore.ts";
import { run } from "./run.ts";
import { secret } from "./secret.ts";
import { service } from "./service.ts";
import { status } from "./status.ts";
import { stop } from "./stop.ts";
import { token } from "./token.ts";
import { undo } from "./undo.ts";
import { types } from "./types.ts";
import { validate } from "./validate.ts";
import { version } from "./version.ts";
import { volunteer } from "./volunteer.ts";
import { web } from "./web.ts";
import { wait } from "./wait.ts";
import { why } from "./why.ts";

/** The commands in the order of the overview. */
export const COMMANDS: readonly Command[] = [
  run,
  plan,
  validate,
  graph,
  facts,
  secret,
  init,
  types,
  orphans,
  status,
  events,
  wait,
  reload,
  stop,
  hold,
  release,
  doctor,
  explain,
  service,
  history,
  why,
  diff,
  undo,
  restore,
  web,
  members,
  cluster,
  token,
  operator,
  volunteer,
  leave,
  forget,
  evict,
  version,
  helpFor(() => COMMANDS),
];
