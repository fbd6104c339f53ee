/**
 * Addresses and names as they stand in /etc/hosts.
 *
 * @module
 */

import { bracketed, readHost } from "../../base/address.ts";

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** What is wrong with a name that is none. */
export const NAME_MISTAKE = "must be made of letters, digits, dots, hyphens and underscores";

/** Whether a text may be a name there. */
export function isHostsName(text: string): boolean {
  return /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/.test(text) && !text.includes("..") &&
    !IPV4.test(text);
}

/** An address in the one form of it; undefined: it is none. */
export function plainAddress(text: string): string | undefined {
  if (IPV4.test(text)) return text;
  const [, address = "", zone = ""] = /^([0-9a-fA-F:.]+)(%[A-Za-z0-9._-]+)?$/.exec(text) ?? [];
  const plain = address.includes(":") ? readHost("http", bracketed(address)) : undefined;
  return plain === undefined ? undefined : plain.host + zone;
}

/** Whether two addresses are of one family: a name has one of each. */
export function sameFamily(one: string, other: string): boolean {
  return one.includes(":") === other.includes(":");
}
