/**
 * What a graph offers to other hosts.
 *
 * @module
 */

import type { Offer, Plain } from "../kind/offer.ts";

/** Says nothing of what the resource is. */
const NOT_OFFERED = ["name", "meta"];

/** The offer of an entry of the graph file that has been found right. */
export function offerOf(
  kind: string,
  name: string,
  entry: Readonly<Record<string, unknown>>,
): Offer {
  const fields = Object.entries(entry).filter(([field]) => !NOT_OFFERED.includes(field));
  return {
    kind,
    name,
    fields: Object.fromEntries(fields.map(([key, value]) => [key, plain(value)])),
  };
}

function plain(value: unknown): Plain {
  if (value instanceof Uint8Array) {
    return { bytes: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join("")) };
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}
