/**
 * Certificates as their files are now: they are renewed while the program runs.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { MemberCredentials, PemFile, TlsCredentials } from "../../../base/credentials.ts";

/** What was read last, and which files that were. */
interface KnownTexts {
  readonly stamp: string;
  readonly texts: Texts;
}

/** The texts of one moment. */
export interface Texts {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Larger ones are no certificates. */
const FILE_BYTES = 1024 * 1024;

const readings = new WeakMap<TlsCredentials, KnownTexts>();

/**
 * What the files say now. Where they cannot be read, or key and certificate are not of each other (one was
 * replaced and the other not yet), what they said last.
 */
export function freshTexts(credentials: TlsCredentials): Texts {
  const { ca, cert, key } = credentials;
  const known = readings.get(credentials);
  const texts = known?.texts ?? { ca: ca.text, cert: cert.text, key: key.text };
  const stamp = stampOf([ca, cert, key]);
  if (stamp === undefined || stamp === known?.stamp) return texts;
  const read = { ca: textOf(ca), cert: textOf(cert), key: textOf(key) };
  if (stampOf([ca, cert, key]) !== stamp || !belong(read)) return texts;
  readings.set(credentials, { stamp, texts: read });
  return read;
}

/** Whom a member believes now, and who counts no more (DER). */
export function freshBelief(
  { ca, revokedPath }: Pick<MemberCredentials, "ca" | "revokedPath">,
): { readonly believed: string; readonly revoked: Uint8Array } {
  return { believed: textOf(ca), revoked: bytesOf(revokedPath) };
}

/** Nothing, where it is not there: that is no list. */
function bytesOf(path: string): Uint8Array {
  try {
    return statSync(path).size > FILE_BYTES ? new Uint8Array() : readFileSync(path);
  } catch {
    return new Uint8Array();
  }
}

/** Which files those are; undefined: one of them is not there. */
function stampOf(files: readonly PemFile[]): string | undefined {
  try {
    return files.map(({ path }) => {
      const { ino, size, mtimeMs } = statSync(path);
      return size > FILE_BYTES ? "" : `${ino}:${size}:${mtimeMs}`;
    }).join(" ");
  } catch {
    return undefined;
  }
}

function textOf({ path, text }: PemFile): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return text;
  }
}

/** Whether the key is that of the certificate. */
function belong({ cert, key }: Texts): boolean {
  try {
    const spki = { type: "spki", format: "der" } as const;
    const certified = new X509Certificate(cert).publicKey.export(spki);
    return createPublicKey(createPrivateKey(key)).export(spki).equals(certified);
  } catch {
    return false;
  }
}
