/**
 * What a host shows of itself to others, and whom it believes. Read once, where things are wired, and
 * handed to each of the ways in which hosts speak to each other: the store, pages over HTTP, the
 * listener of hello, and etcd's flags. It stays the same when certificates are renewed: each of them looks
 * at the files anew whenever a connection is made (`os/network/tls/fresh.ts`), and so does etcd.
 *
 * @module
 */

import { type Address, addressText } from "./address.ts";
import { type Failure, failure } from "./result.ts";

/** A file in PEM: some read its text, etcd reads the file. */
export interface PemFile {
  readonly path: string;
  /** As it was read; the file may have been replaced since (`os/network/tls/fresh.ts`). */
  readonly text: string;
}

/** A certificate, and the key that belongs to it. */
export interface CertifiedFiles {
  readonly cert: PemFile;
  readonly key: PemFile;
}

/** What a client shows. */
export interface TlsCredentials extends CertifiedFiles {
  /** Who signs those that are believed: one certificate or more. */
  readonly ca: PemFile;
  /** The name that others' certificates have to carry, where it is not their address. */
  readonly serverName?: string;
  /** An administrator's, for an etcd that others run; the certificate is {@linkcode NO_CERTIFICATE} where none is shown. */
  readonly outside?: true;
}

/** Of a client that shows no certificate. */
export const NO_CERTIFICATE: CertifiedFiles = {
  cert: { path: "", text: "" },
  key: { path: "", text: "" },
};

/** By what an etcd that others run knows a client, besides its certificate. */
export interface EtcdUser {
  readonly name: string;
  readonly password: string;
  /** Where that was read, for messages. */
  readonly source: string;
}

/** `none`: all is plain text. */
export type Credentials = TlsCredentials | "none";

/** What the etcd of a member shows and believes. */
export interface MemberCredentials {
  readonly ca: PemFile;
  /** To clients. */
  readonly server: CertifiedFiles;
  /** To other members. */
  readonly peer: CertifiedFiles;
  /** The list of certificates that count no more (CRL, DER); it is there, also where it lists none. */
  readonly revokedPath: string;
}

/** Whether the ways in which hosts speak, and where, go together. */
export interface TlsNeed {
  readonly credentials?: unknown;
  /** Where it would be spoken. */
  readonly addresses?: readonly Address[];
}

/**
 * Why that cannot be: plain text would be spoken where TLS is asked for, or TLS without certificates;
 * undefined: it can. `what` begins the message. Whoever is given credentials asks here, so that nothing
 * goes on in plain text by mistake.
 */
export function schemeRefused(
  what: string,
  { credentials, addresses = [] }: TlsNeed,
): Failure | undefined {
  if (credentials === undefined) return undefined;
  const wanted = credentials === "none" ? "http" : "https";
  const other = addresses.find(({ scheme }) => scheme !== wanted);
  if (other === undefined) return undefined;
  if (wanted === "http") {
    return failure(`${what}: ${addressText(other)} speaks TLS, and this host has no certificates`, {
      code: "speaks-tls",
      hint:
        "it joins that cluster with a token (mgmt token create, on a host of it that runs etcd)",
    });
  }
  return failure(
    `${what}: ${addressText(other)} is plain text, and this host's cluster speaks TLS`,
    {
      code: "speaks-plain",
      hint: `write https:// in place of http://`,
    },
  );
}
