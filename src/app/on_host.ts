/**
 * What works on the host, as one piece that is loaded when it is needed: each further piece would make
 * every start a little slower.
 *
 * @module
 */

export { ownExecutable } from "../os/executable.ts";
export { hostName } from "../os/host_name.ts";
export { createLocalHost } from "../host/local.ts";
export { readFactsFile } from "./facts/open_facts.ts";
export { trustAsService } from "./graph/graph_trust.ts";
export { runPlan } from "./plan.ts";
export { runningPlan } from "./running_plan/ask_plan.ts";
export { runAgent } from "./run.ts";
export { installService, uninstallService } from "./service/service_install.ts";
export { unitText } from "./service/service_unit.ts";
