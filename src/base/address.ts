/**
 * Where something listens: a scheme, a host and a port, as a value. The one place that takes the text
 * of an address apart, and puts it together.
 *
 * @module
 */

/** How to speak there. */
export type Scheme = "http" | "https";

/** One address. */
export interface Address {
  readonly scheme: Scheme;
  /** A name or an IP address, in small letters; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

const USUAL_PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };

/** Reads an address as it is written; undefined: that is none. What follows host and port is left out. */
export function readAddress(text: string): Address | undefined {
  const [, scheme] = /^(https?):\/\//i.exec(text) ?? [];
  if (scheme === undefined || !URL.canParse(text)) return undefined;
  return addressOf(new URL(text));
}

/** Reads host and port of what is spoken to so, as HTTP has them in its header. */
export function readHost(scheme: Scheme, text: string): Address | undefined {
  return readAddress(`${scheme}://${text}`);
}

/** Where a page is; undefined: nowhere that is reached over HTTP. */
export function addressOf({ protocol, hostname, port }: URL): Address | undefined {
  const scheme = protocol.slice(0, -1);
  if (scheme !== "http" && scheme !== "https" || hostname === "") return undefined;
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return { scheme, host, port: port === "" ? USUAL_PORTS[scheme] : Number(port) };
}

/** How an address is written: the same for the same address, always with its port. */
export function addressText(address: Address): string {
  return `${address.scheme}://${hostAndPort(address)}`;
}

/** Host and port alone; an IPv6 address gets its brackets. */
export function hostAndPort({ host, port }: Pick<Address, "host" | "port">): string {
  return `${bracketed(host)}:${port}`;
}

/** A host as it stands before a port. */
export function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** A page at an address. */
export function pageAt(address: Address, path: string): URL {
  return new URL(path, addressText(address));
}

/** Whether two are the same address. */
export function isSameAddress(one: Address, other: Address): boolean {
  return one.scheme === other.scheme && one.host === other.host && one.port === other.port;
}

/** Whether it means "all of my own", to whoever uses it. */
export function isWildcardAddress({ host }: Pick<Address, "host">): boolean {
  return ["0.0.0.0", "::", "::ffff:0:0"].includes(host);
}

/** Whether nobody outside of this machine can reach it. */
export function isLoopbackAddress({ host }: Pick<Address, "host">): boolean {
  return host === "localhost" || host === "::1" || /^(::ffff:7f|127(\.\d+){3}$)/.test(host);
}

/** Whether a name stands where an address could; localhost is as good as one. */
export function isNamed({ host }: Pick<Address, "host">): boolean {
  return host !== "localhost" && !host.includes(":") && !/^\d+(\.\d+){3}$/.test(host);
}

/** Where this host itself reaches what listens at an address. */
export function fromHere(address: Address): Address {
  if (!isWildcardAddress(address)) return address;
  return { ...address, host: address.host === "0.0.0.0" ? "127.0.0.1" : "::1" };
}

/** Whether nobody can listen at both: the same address, or one of them is all of that port. */
export function collide(one: Address, other: Address): boolean {
  return one.port === other.port &&
    (one.host === other.host || isWildcardAddress(one) || isWildcardAddress(other));
}
