/**
 * What the page has the agent change: only ever said by the page itself, and in a form that no other page
 * can have a browser send.
 *
 * @module
 */

import { type Address, addressText } from "../base/address.ts";
import { isJsonObject, parseJson } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { HttpRequest } from "../os/network/listen/request.ts";
import { readToldPath } from "./api_path.ts";

/** What the agent is to be told. */
export interface PageChange {
  readonly path: string;
  readonly given: object;
}

/** Reads it; who asks has logged in. */
export function readChange(
  { target, headers, body }: Pick<HttpRequest, "target" | "headers"> & {
    readonly body: Uint8Array;
  },
  address: Address,
): Result<PageChange> {
  const path = readToldPath(target);
  if (!path.ok) return path;
  const isMeant = headers.get("x-mgmt-change") === "1" &&
    headers.get("origin") === addressText(address) &&
    headers.get("content-type") === "application/json";
  if (!isMeant) return fail("a change is told by the page alone", { code: "forbidden" });
  const given = parseJson(new TextDecoder().decode(body));
  return isJsonObject(given)
    ? ok({ path: path.value, given })
    : fail("the body is no JSON object", { code: "bad-request" });
}
