/**
 * Connections to other programs, here and elsewhere. Each has a deadline for all of it together;
 * proxies of the environment are not used, so that an answer is that of the address asked.
 *
 * @module
 */

import type { Credentials } from "../../base/credentials.ts";
import type { Result } from "../../base/result.ts";

/** What all connections have in common. */
export interface HttpPatience {
  /** For everything together: the name's look-up, the connection, the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Where to connect to. */
export interface Endpoint extends HttpPatience {
  /** A name or an address, an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A page to get. */
export interface PageRequest extends HttpPatience {
  /** `http:` or `https:`. */
  readonly url: URL;
  /** What is shown there; absent: nothing, and the certificates that the machine trusts are. */
  readonly credentials?: Credentials;
  /** How much of the body is read at most. */
  readonly bodyBytes: number;
}

/** A page as it came. Redirections are not followed. */
export interface HttpAnswer {
  readonly status: number;
  /** What the server says of the status, for instance `Service Unavailable`; may be empty. */
  readonly reason: string;
  /** Where it redirects to. */
  readonly location?: string;
  /** The name of the server's program, and its clock, where it says them. */
  readonly server?: string;
  readonly date?: string;
  /** The body as text (UTF-8), at most as much as was asked for. */
  readonly body: string;
  /** There is more of the body. */
  readonly cut: boolean;
}

/**
 * The network. A failure's code is `refused`, `timeout`, `unknown-host`, `unreachable`, `closed`,
 * `tls`, `not-http`, `tls-not-yet`, `stopped` or `network`.
 */
export interface Network {
  /** Makes a TCP connection, and ends it. */
  connect(endpoint: Endpoint): Promise<Result<void>>;
  /** Gets a page. */
  get(request: PageRequest): Promise<Result<HttpAnswer>>;
}
