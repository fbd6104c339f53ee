/**
 * What sets the agent up as a service, as one piece that is loaded when it is needed.
 *
 * @module
 */

export { createLocalHost } from "../../host/local.ts";
export { ownExecutable } from "../../os/executable.ts";
export { hostName } from "../../os/host_name.ts";
export { trustAsService } from "../graph/graph_trust.ts";
export { installService, uninstallService } from "./service_install.ts";
export { unitText } from "./service_unit.ts";
