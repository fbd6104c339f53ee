/**
 * What makes connections, as one piece that is loaded with the first of them: the runtime's own
 * modules behind it take their time.
 *
 * @module
 */

export { dial, type HttpConnection, whyBroken } from "./connection.ts";
export { getPage } from "./http.ts";
export { whyNotSpoken } from "./tls/why.ts";
export { dialTls } from "./tls/connection.ts";
