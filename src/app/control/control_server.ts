/** What the control socket is made of, as one piece that is loaded when it opens. */

export { serveRequest } from "../../os/network/listen/http_service.ts";
export { listenAtFile } from "../../os/network/listen/socket_file.ts";
export { controlOf } from "../../control/server.ts";
export { controlledAgent } from "./controlled_agent.ts";
