/**
 * Addresses as people write them: lists with `,`, `;` or blanks between, `host:port` for
 * `http://host:port`.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";

/** Where etcd's clients connect to, and where its members do, unless said otherwise. */
export const DEFAULT_CLIENT_URL = "http://127.0.0.1:2379";
export const DEFAULT_PEER_URL = "http://127.0.0.1:2380";

const LIST_MAX = 100;

/**
 * Reads a list of addresses; `flag` is what messages call it. `toldBy`: the flag that says what others
 * are told, where these are only listened at and may mean all of a host's own.
 */
export function parseUrls(
  text: string,
  flag: string,
  defaultPort: number,
  toldBy?: { readonly flag: string; readonly isGiven: boolean },
): Result<readonly string[]> {
  const urls: string[] = [];
  for (const word of text.split(/[,;\s]+/).filter((each) => each !== "")) {
    const url = parseUrl(word, defaultPort);
    if (url === undefined) {
      return fail(`${flag}: "${word}" is not an address`, {
        hint: "write host:port, for instance 10.0.0.1:2379 or [fd00::1]:2379",
      });
    }
    if (!url.startsWith("http://")) {
      return fail(`${flag}: ${word}: only http is understood so far`, {
        hint: "leave https:// out; the cluster's traffic is plain text, for trusted networks",
      });
    }
    if (isWildcard(url) && toldBy?.isGiven !== true) {
      const also = toldBy === undefined ? "" : `, here or with ${toldBy.flag} beside it`;
      return fail(`${flag}: ${word} names no host: nobody can reach this one there`, {
        hint: `give the address that the others reach, for instance 10.0.0.1:${defaultPort}${also}`,
      });
    }
    if (!urls.includes(url)) urls.push(url);
  }
  if (urls.length > LIST_MAX) return fail(`${flag}: more than ${LIST_MAX} addresses`);
  return urls.length > 0 ? ok(urls) : fail(`${flag} names no address`);
}

function parseUrl(word: string, defaultPort: number): string | undefined {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(word) ? word : `http://${bracketed(word)}`;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname, search, username } = new URL(text);
  if (hostname === "" || pathname.length > 1 || search !== "" || username !== "") return undefined;
  // Any free one, to who listens there: nobody would find it.
  if (port === "0") return undefined;
  const standard = text.match(/:80\/?$/) ? "80" : String(defaultPort);
  return `${protocol}//${hostname}:${port === "" ? standard : port}`;
}

/** An IPv6 address without brackets cannot have a port. */
function bracketed(word: string): string {
  return /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(word) ? `[${word}]` : word;
}

/** Whether an address means "all of my own", to whoever uses it. */
export function isWildcard(url: string): boolean {
  return ["0.0.0.0", "[::]", "[::ffff:0:0]"].includes(hostOf(url));
}

/** Whether nobody outside of this machine can reach an address. */
export function isLoopback(url: string): boolean {
  const host = hostOf(url);
  return host === "localhost" || host === "[::1]" || /^(\[::ffff:7f|127(\.\d+){3}$)/.test(host);
}

/** The name that stands where an address could; undefined: it is an address, or localhost. */
export function nameIn(url: string): string | undefined {
  const host = hostOf(url);
  return host === "localhost" || host.startsWith("[") || /^\d+(\.\d+){3}$/.test(host)
    ? undefined
    : host;
}

/** Where this host itself reaches what listens at an address. */
export function fromHere(url: string): string {
  if (!isWildcard(url)) return url;
  const { port } = new URL(url);
  const host = hostOf(url) === "0.0.0.0" ? "127.0.0.1" : "[::1]";
  return `http://${host}:${port === "" ? "80" : port}`;
}

/** Whether nobody can listen at both: the same address, or one of them is all of that port. */
export function collide(one: string, other: string): boolean {
  const [left, right] = [new URL(one), new URL(other)];
  return left.port === right.port &&
    (left.hostname === right.hostname || isWildcard(one) || isWildcard(other));
}

/** Anybody may write addresses to the store: empty where it is none. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}
