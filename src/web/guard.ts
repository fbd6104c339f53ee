/**
 * What is refused whatever is asked: questions that no page of ours would ask, or that were sent here by
 * a page of somebody else's.
 *
 * @module
 */

import { type Address, addressText, hostAndPort } from "../base/address.ts";
import { type Failure, failure } from "../base/result.ts";
import type { HttpRequest } from "../os/network/listen/request.ts";

/** The headers that this server looks at; a request has each at most once. */
export const LOOKED_AT = [
  "cookie",
  "content-type",
  "origin",
  "purpose",
  "sec-fetch-site",
  "sec-purpose",
  "upgrade",
  "x-mgmt-change",
  "x-mgmt-key",
];

/** What the agent takes, too. */
const BODY_BYTES_MAX = 64 * 1024;

/** What the whole request is refused for; undefined: nothing. */
export function refusedOutright(
  { method, host, target, headers, bodyBytes }: HttpRequest,
  address: Address,
): Failure | undefined {
  // A name that leads here could be anybody's, and lead somewhere else in a moment.
  if (host !== hostAndPort(address)) return wrongHost(address);
  if (!target.startsWith("/")) return bad("the path does not begin with /");
  if (headers.has("upgrade")) return bad("only HTTP/1.1 is spoken here, and no other protocol");
  if (method !== "GET" && method !== "POST") {
    return failure(`there is no ${method} here, only GET and POST`, { code: "wrong-method" });
  }
  if (bodyBytes === undefined) return bad("the length of what follows is not said");
  if (method === "GET" && bodyBytes !== 0) return bad("a question has no body");
  if (bodyBytes > BODY_BYTES_MAX) {
    return failure("the request is too large", { code: "too-large" });
  }
  const site = headers.get("sec-fetch-site") ?? "none";
  const origin = headers.get("origin");
  const isForeign = site !== "none" && site !== "same-origin" ||
    origin !== undefined && origin !== addressText(address);
  return isForeign ? foreign() : undefined;
}

/** Whether a browser only fetches what somebody may want to see. */
export function isFetchedAhead({ headers }: Pick<HttpRequest, "headers">): boolean {
  return ["purpose", "sec-purpose"].some((name) => headers.get(name)?.includes("prefetch"));
}

function wrongHost(address: Address): Failure {
  return failure("this page answers to its own address only", {
    code: "wrong-host",
    hint: `open ${addressText(address)}/ and no other name or port for it`,
  });
}

function foreign(): Failure {
  return failure("another page leads here, which is refused", {
    code: "forbidden",
    hint: "copy the link into the browser's address line",
  });
}

function bad(message: string): Failure {
  return failure(message, { code: "bad-request" });
}
