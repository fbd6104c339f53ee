/**
 * Certificates that others show: whose each is, and whether it counts. What they say is believed only
 * after their signature was checked.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import { fail, ok, reasonOf, type Result } from "../base/result.ts";
import { certificatesIn } from "./pem.ts";
import { type CertificateHolder, holderOf, SERVER_NAME } from "./profiles.ts";
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from "./x509.ts";

/** A certificate that counts. */
export interface CheckedCertificate {
  readonly holder: CertificateHolder;
  /** Hexadecimal digits. */
  readonly serial: string;
  readonly untilMs: number;
  readonly cert: X509Certificate;
}

/** Whom to believe, and when; without a time, certificates count however long ago they ended. */
export interface CheckRules {
  /** The text with the certificates of authorities. */
  readonly believed: string;
  readonly nowMs?: number;
}

/** Reads one certificate and checks who signed it and when it counts. */
export async function checkCertificate(
  text: string,
  { believed, nowMs }: CheckRules,
): Promise<Result<CheckedCertificate>> {
  const cert = readOne(text);
  if (!cert.ok) return cert;
  const authorities = readAuthorities(believed);
  if (!authorities.ok) return authorities;
  if (!await signedBy(text, authorities.value)) {
    return fail("the certificate was not signed by this cluster", { code: "other-cluster" });
  }
  const { notBefore, notAfter, serialNumber: serial } = cert.value;
  const untilMs = notAfter.getTime();
  if (nowMs !== undefined && nowMs < notBefore.getTime()) {
    return fail(`the certificate does not count before ${notBefore.toISOString()}`, {
      code: "early",
      hint: "is the clock right?",
    });
  }
  if (nowMs !== undefined && nowMs > untilMs) {
    return fail(`the certificate ended at ${notAfter.toISOString()}`, { code: "expired" });
  }
  if (isAuthority(cert.value)) return fail("the certificate is an authority's, and nobody's own");
  const holder = holderIn(cert.value);
  if (holder === undefined) return fail("the certificate names nobody of a cluster");
  return ok({ holder, serial, untilMs, cert: cert.value });
}

/** Whether one of these authorities signed it. */
export async function signedBy(
  text: string,
  authorities: readonly X509Certificate[],
): Promise<boolean> {
  const cert = readOne(text);
  if (!cert.ok) return false;
  for (const { publicKey, subject } of authorities) {
    if (cert.value.issuer !== subject) continue;
    try {
      if (await cert.value.verify({ publicKey, signatureOnly: true }, crypto)) return true;
    } catch {
      // A signature that cannot even be read.
    }
  }
  return false;
}

/** Whether a certificate is for that public key. */
export async function isFor(cert: X509Certificate, publicKey: CryptoKey): Promise<boolean> {
  const own = new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
  const certified = new Uint8Array(cert.publicKey.rawData);
  return own.length === certified.length && own.every((byte, index) => byte === certified[index]);
}

/** The addresses that a certificate is for, and other names; none: it cannot be read. */
export async function namesIn(text: string): Promise<readonly string[]> {
  const cert = readOne(text);
  return await Promise.resolve(cert.ok ? namesOf(cert.value) : []);
}

/** The number of a certificate, in hexadecimal digits; empty: it cannot be read. */
export function serialOf(text: string): string {
  const cert = readOne(text);
  return cert.ok ? cert.value.serialNumber : "";
}

/** When a certificate counts, whoever signed it; in milliseconds since 1970. */
export function timesOf(
  text: string,
): Result<{ readonly fromMs: number; readonly untilMs: number }> {
  const cert = readOne(text);
  if (!cert.ok) return cert;
  return ok({ fromMs: cert.value.notBefore.getTime(), untilMs: cert.value.notAfter.getTime() });
}

function readOne(text: string): Result<X509Certificate> {
  if (text.length > LIMITS.privateFileBytes) return fail("this is too large for a certificate");
  const [pem, ...more] = certificatesIn(text);
  if (pem === undefined || more.length > 0) return fail("this is not one certificate");
  try {
    return ok(new X509Certificate(pem));
  } catch (thrown) {
    return fail(`the certificate cannot be read: ${reasonOf(thrown)}`);
  }
}

/** The authorities in a text. */
export function readAuthorities(text: string): Result<readonly X509Certificate[]> {
  const blocks = text.length > LIMITS.privateFileBytes ? [] : certificatesIn(text);
  if (blocks.length === 0 || blocks.length > LIMITS.authorities) {
    return fail(`${blocks.length} certificates of authorities are not 1 to ${LIMITS.authorities}`);
  }
  try {
    const authorities = blocks.map((block) => new X509Certificate(block));
    return authorities.every(isAuthority)
      ? ok(authorities)
      : fail("a certificate that is no authority's stands among those that are believed");
  } catch (thrown) {
    return fail(`the certificate of an authority cannot be read: ${reasonOf(thrown)}`);
  }
}

function isAuthority(cert: X509Certificate): boolean {
  return cert.getExtension(BasicConstraintsExtension)?.ca === true;
}

/** Exactly one name, and that a whole one. */
function holderIn(cert: X509Certificate): CertificateHolder | undefined {
  const names = cert.subjectName.getField("CN");
  const [name] = names;
  if (names.length === 1 && name !== undefined) return holderOf(name);
  const isServer = cert.subject === "" && namesOf(cert).includes(SERVER_NAME);
  return isServer ? { type: "server" } : undefined;
}

function namesOf(cert: X509Certificate): readonly string[] {
  const names = cert.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  return names.map(({ value }) => value);
}
