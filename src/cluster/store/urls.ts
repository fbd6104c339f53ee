/**
 * Addresses as people write them: lists with `,`, `;` or blanks between, `host:port` for
 * `http://host:port`; and as hosts name each other in keys, records and lists of members: by their text
 * alone, which is the same for the same address.
 *
 * @module
 */

import {
  type Address,
  addressOf,
  addressText,
  bracketed,
  isLoopbackAddress,
  isWildcardAddress,
  readAddress,
} from "../../base/address.ts";
import { fail, ok, type Result } from "../../base/result.ts";

/** Where etcd's clients connect to, and where its members do, unless said otherwise. */
export const DEFAULT_CLIENT: Address = { scheme: "http", host: "127.0.0.1", port: 2379 };
export const DEFAULT_PEER: Address = { scheme: "http", host: "127.0.0.1", port: 2380 };

const LIST_MAX = 100;

/** An address as somebody wrote it. */
export interface WrittenAddress extends Address {
  /** Its scheme was written, too; else it is the one that the cluster speaks. */
  readonly said?: true;
}

/**
 * Reads a list of addresses; `flag` is what messages call it. `toldBy`: the flag that says what others
 * are told, where these are only listened at and may mean all of a host's own.
 */
export function parseAddresses(
  text: string,
  flag: string,
  defaultPort: number,
  toldBy?: { readonly flag: string; readonly isGiven: boolean },
): Result<readonly WrittenAddress[]> {
  const found = new Map<string, WrittenAddress>();
  for (const word of text.split(/[,;\s]+/).filter((each) => each !== "")) {
    const address = parseAddress(word, defaultPort);
    if (address === undefined) {
      return fail(`${flag}: "${word}" is not an address`, {
        hint: "write host:port, for instance 10.0.0.1:2379 or [fd00::1]:2379",
      });
    }
    if (isWildcardAddress(address) && toldBy?.isGiven !== true) {
      const also = toldBy === undefined ? "" : `, here or with ${toldBy.flag} beside it`;
      return fail(`${flag}: ${word} names no host: nobody can reach this one there`, {
        hint: `give the address that the others reach, for instance 10.0.0.1:${defaultPort}${also}`,
      });
    }
    found.set(addressText(address), address);
  }
  const addresses = [...found.values()];
  if (addresses.length > LIST_MAX) return fail(`${flag}: more than ${LIST_MAX} addresses`);
  return addresses.length > 0 ? ok(addresses) : fail(`${flag} names no address`);
}

function parseAddress(word: string, defaultPort: number): WrittenAddress | undefined {
  const isWhole = /^[a-z][a-z0-9+.-]*:\/\//i.test(word);
  const address = readWord(word, isWhole, defaultPort);
  return address === undefined || !isWhole ? address : { ...address, said: true };
}

function readWord(word: string, isWhole: boolean, defaultPort: number): Address | undefined {
  const text = isWhole ? word : `${DEFAULT_CLIENT.scheme}://${withBrackets(word)}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { port, pathname, search, username } = url;
  if (pathname.length > 1 || search !== "" || username !== "") return undefined;
  // Any free one, to who listens there: nobody would find it.
  if (port === "0") return undefined;
  const address = addressOf(url);
  if (address === undefined || port !== "") return address;
  // What is usual for the scheme has to be said.
  return text.match(/:(80|443)\/?$/) ? address : { ...address, port: defaultPort };
}

/** An IPv6 address without brackets cannot have a port. */
function withBrackets(word: string): string {
  return /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(word) ? bracketed(word) : word;
}

/** Whether what others name means "all of my own". */
export function isWildcard(url: string): boolean {
  const address = readAddress(url);
  return address !== undefined && isWildcardAddress(address);
}

/** Whether nobody outside of this machine can reach what others name. */
export function isLoopback(url: string): boolean {
  const address = readAddress(url);
  return address !== undefined && isLoopbackAddress(address);
}
