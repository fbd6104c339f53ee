/**
 * Certificates as their files are now: they are renewed while the program runs. Whoever makes a connection, or
 * takes one, asks here each time, so nobody has to be told of new files; what is open goes on as it is.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type {
  CertifiedFiles,
  MemberCredentials,
  PemFile,
  TlsCredentials,
} from "../../../base/credentials.ts";

/** What was read last, and which files that were. */
interface KnownTexts {
  readonly stamp: string;
  readonly texts: Texts;
}

/** A certificate and its key, as both were at one moment. */
export interface PairTexts {
  readonly cert: string;
  readonly key: string;
}

/** The same with those that are believed. */
export interface Texts extends PairTexts {
  readonly ca: string;
}

/** Larger ones are no certificates. */
const FILE_BYTES = 1024 * 1024;
/** The kernel's times are as coarse: what was written so lately may be written anew, and look the same. */
const TICK_MS = 50;

const readings = new WeakMap<CertifiedFiles, KnownTexts>();

/**
 * What the files say now. Where they cannot be read, or key and certificate are not of each other (one was
 * replaced and the other not yet), what they said last. The same object as before where nothing is new.
 */
export function freshTexts(credentials: TlsCredentials): Texts {
  return readAgain(credentials, credentials.ca);
}

/** The same of what is shown by who believes nobody, or says elsewhere whom. */
export function freshPair(shown: CertifiedFiles): PairTexts {
  return readAgain(shown, undefined);
}

function readAgain(shown: CertifiedFiles, ca: PemFile | undefined): Texts {
  const { cert, key } = shown;
  const given = { ca: ca?.text ?? "", cert: cert.text, key: key.text };
  const known = readings.get(shown) ?? { stamp: "", texts: given };
  readings.set(shown, known);
  const { texts } = known;
  const files = ca === undefined ? [cert, key] : [ca, cert, key];
  const seen = stampOf(files);
  if (seen === undefined || seen.stamp === known.stamp) return texts;
  const read = { ca: ca === undefined ? "" : textOf(ca), cert: textOf(cert), key: textOf(key) };
  const isNew = read.ca !== texts.ca || read.cert !== texts.cert || read.key !== texts.key;
  if (stampOf(files)?.stamp !== seen.stamp || isNew && !belong(read)) return texts;
  const now = isNew ? read : texts;
  readings.set(shown, { stamp: seen.isSettled ? seen.stamp : "", texts: now });
  return now;
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

/** Which files those are, and whether another write would show; undefined: one of them is not there. */
function stampOf(files: readonly PemFile[]) {
  const settledMs = Date.now() - TICK_MS;
  try {
    const stats = files.map(({ path }) => statSync(path));
    return {
      stamp: stats.map(({ ino, size, mtimeMs }) =>
        size > FILE_BYTES ? "" : `${ino}:${size}:${mtimeMs}`
      ).join(" "),
      isSettled: stats.every(({ mtimeMs }) => mtimeMs < settledMs),
    };
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
function belong({ cert, key }: PairTexts): boolean {
  try {
    const spki = { type: "spki", format: "der" } as const;
    const certified = new X509Certificate(cert).publicKey.export(spki);
    return createPublicKey(createPrivateKey(key)).export(spki).equals(certified);
  } catch {
    return false;
  }
}
