/**
 * What a host keeps of its cluster's trust below its prefix: whom it believes, what it shows, and, where it
 * has the server role, what it signs with. Each file is replaced as a whole. Whose key a certificate speaks
 * of never changes, so that no moment in between is a wrong one; and that there is `ca.pem`, which is
 * written last and removed first, is that all of it is there.
 *
 * @module
 */

import { join } from "node:path";
import type { PemFile, TlsCredentials } from "../base/credentials.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { PrivateFiles } from "../os/state/private_files.ts";
import type { CertifiedKey } from "./pem.ts";
import { whyNoPair } from "./key_pair.ts";
import { certificatesIn, hasCertificate, readSecret } from "./pem.ts";
import { SERVER_NAME } from "./profiles.ts";

/** Where they are, below the prefix. */
export const TRUST_PLACE = "cluster/trust";

export const TRUST_FILES = {
  /** The certificates of those that are believed. */
  believed: "ca.pem",
  /** Those that are to be believed when a plain cluster speaks TLS (`staged_trust.ts`). */
  next: "ca.next.pem",
  /** That such a cluster may still go back to plain text without this host (`staged_trust.ts`). */
  undecided: "undecided.txt",
  /** The secret of the cluster; only where the host has the server role. */
  secret: "ca.key",
  /** Certificates that count no more. */
  revoked: "crl.der",
  /** Which hosts that were cast out have no connection here any more. */
  ended: "ended.txt",
  /** How long the host's certificate has been in use (`certificate_age.ts`). */
  age: "age.json",
} as const;

/** What a host that joins keeps until it has joined (`joined_files.ts`). */
export const JOINING_FILES = { identity: "join.identity", joined: "joined.json" } as const;

/** What there is of another authority than the one that signs: the next, and those of before. */
export const NEXT_FILES = {
  secret: "next.key",
  /** With which a host asks for that. */
  identity: "next.identity",
  former: "former.pem",
} as const;

/** What is certified: as a client, as etcd towards clients, and towards its members. */
export type Shown = "host" | "server" | "peer";

export const certFile = (shown: Shown): string => `${shown}.pem`;
export const keyFile = (shown: Shown): string => `${shown}.key`;

/** What a host shows, and whom it believes. */
export interface HostTrust {
  readonly credentials: TlsCredentials;
  /** It has the secret of the cluster. */
  readonly isServer: boolean;
}

/** Reads it; undefined: this prefix is of no cluster that speaks TLS. */
export function readTrust(files: PrivateFiles): Result<HostTrust | undefined> {
  const ca = pemFile(files, TRUST_FILES.believed);
  if (!ca.ok) return ca;
  if (ca.value === undefined) return ok(undefined);
  if (certificatesIn(ca.value.text).length === 0) {
    return broken(`${ca.value.path} has no certificate in it`);
  }
  const shown = readShown(files, "host");
  if (!shown.ok) return shown;
  if (shown.value === undefined) {
    return broken(`${files.path} has no certificate of this host`);
  }
  const why = whyNoPair(shown.value);
  if (why !== undefined) return broken(why.message);
  const secret = readOwnSecret(files);
  if (!secret.ok) return secret;
  return ok({
    credentials: { ca: ca.value, ...shown.value, serverName: SERVER_NAME },
    isServer: secret.value !== undefined,
  });
}

/** A certificate and its key; undefined: one of both is missing. */
export function readShown(
  files: PrivateFiles,
  shown: Shown,
): Result<{ readonly cert: PemFile; readonly key: PemFile } | undefined> {
  const [cert, key] = [pemFile(files, certFile(shown)), pemFile(files, keyFile(shown))];
  if (!cert.ok) return cert;
  if (!key.ok) return key;
  if (cert.value === undefined || key.value === undefined) return ok(undefined);
  return ok({ cert: cert.value, key: key.value });
}

/**
 * The secret of the cluster, where this host has the server role; one that is not whole, or that of another
 * cluster than is believed, is refused.
 */
export function readOwnSecret(files: PrivateFiles): Result<CertifiedKey | undefined> {
  const text = pemFile(files, TRUST_FILES.secret);
  if (!text.ok) return text;
  if (text.value === undefined) return ok(undefined);
  const { path } = text.value;
  const secret = readSecret(text.value.text);
  if (!secret.ok) return broken(`${path}: ${secret.failure.message}`);
  const { cert, key } = secret.value;
  const why = whyNoPair({ cert: { path, text: cert }, key: { path, text: key } });
  if (why !== undefined) return broken(why.message);
  const believed = pemFile(files, TRUST_FILES.believed);
  if (!believed.ok) return believed;
  if (believed.value === undefined || hasCertificate(believed.value.text, cert)) {
    return secret;
  }
  return broken(`${path} has the secret of another cluster than ${believed.value.path} believes`);
}

/** A text with its path; undefined: there is none. */
export function pemFile(files: PrivateFiles, name: string): Result<PemFile | undefined> {
  const content = files.read(name);
  if (!content.ok) return content;
  if (content.value === undefined) return ok(undefined);
  const text = new TextDecoder().decode(content.value);
  return ok({ path: join(files.path, name), text });
}

/** Forgets the cluster, but for the files of these names: what is left in between is of no cluster. */
export function forgetTrust(
  files: PrivateFiles,
  kept: readonly string[] = [],
): Result<void> {
  const { believed, ...rest } = TRUST_FILES;
  const shown = (["host", "server", "peer"] as const)
    .flatMap((each) => [certFile(each), keyFile(each)]);
  const others = [...Object.values(JOINING_FILES), ...Object.values(NEXT_FILES)];
  for (const name of [believed, ...Object.values(rest), ...shown, ...others]) {
    if (kept.includes(name)) continue;
    const removed = files.remove(name);
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

/** What is there does not belong together, or is none. */
export function broken(message: string): Result<never> {
  return fail(message, {
    code: "trust-broken",
    hint:
      "restore it; or leave the cluster and join anew: move that directory away, and start this " +
      "host with the cluster's secret or a token",
  });
}
