/**
 * What a host shows of itself to others, and whom it believes. Read once, where things are wired, and
 * handed to each of the ways in which hosts speak to each other: the store, pages over HTTP, the
 * listener of hello, and etcd's flags.
 *
 * @module
 */

import { type Address, addressText } from "./address.ts";
import { type Failure, failure } from "./result.ts";

/** A file in PEM: some read its text, etcd reads the file. */
export interface PemFile {
  readonly path: string;
  readonly text: string;
}

/** Certificates and what belongs to them. */
export interface TlsCredentials {
  /** Who signs those that are believed. */
  readonly ca: PemFile;
  readonly cert: PemFile;
  readonly key: PemFile;
  /** The name that others' certificates have to carry, where it is not their address. */
  readonly serverName?: string;
}

/** `none`: all is plain text. */
export type Credentials = TlsCredentials | "none";

/** What would have to be spoken to over TLS. */
export interface TlsNeed {
  readonly credentials?: Credentials | undefined;
  /** Where plain text would be spoken. */
  readonly addresses?: readonly Address[];
}

/**
 * Why that cannot be done, for everything hosts do with each other is plain text so far; undefined: it
 * can. `what` begins the message. Whoever is given credentials asks here, and uses or refuses them.
 */
export function tlsNotYet(
  what: string,
  { credentials, addresses = [] }: TlsNeed,
): Failure | undefined {
  const secure = addresses.find(({ scheme }) => scheme === "https");
  const code = "tls-not-yet";
  if (credentials !== undefined && credentials !== "none") {
    const hint = "give no certificates; the cluster's traffic is plain text, for trusted networks";
    const why = `the certificate ${credentials.cert.path} cannot be used yet`;
    return failure(`${what}: ${why}`, { code, hint });
  }
  if (secure === undefined) return undefined;
  return failure(`${what}: ${addressText(secure)}: only http is understood so far`, {
    code,
    hint: "leave https:// out; the cluster's traffic is plain text, for trusted networks",
  });
}
