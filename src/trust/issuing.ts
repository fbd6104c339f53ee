/**
 * Certificates: an authority and what it signs. All keys are ECDSA on P-256.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import type { Random } from "../os/random.ts";
import { isFor } from "./certificate.ts";
import { pointOfCertificate, pointOfKey } from "./key_pair.ts";
import { type CertifiedKey, WHERE_FROM } from "./pem.ts";
import {
  ALGORITHM,
  ALWAYS,
  AUTHORITY_NAME,
  type Profile,
  SERVER_NAME,
  userOf,
} from "./profiles.ts";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "./x509.ts";

/** Who signs: the certificate, and the key ready for use. */
export interface Authority {
  readonly cert: X509Certificate;
  readonly key: CryptoKey;
}

/** Names of a certificate, addresses among them. */
const MOST_ADDRESSES = 64;
/** What an authority is called; the digits tell two of them apart. */
const OWN_SUBJECT = new RegExp(`^CN=${AUTHORITY_NAME} [0-9a-f]{8}$`);

/** Makes a new authority, which believes nobody but itself: the secret of a cluster. */
export async function createAuthority(random: Random): Promise<CertifiedKey> {
  const { publicKey, privateKey } = await newKeys();
  const name = `CN=${AUTHORITY_NAME} ${random.hex(4)}`;
  const cert = await X509CertificateGenerator.create({
    serialNumber: serialNumber(random),
    subject: name,
    issuer: name,
    notBefore: new Date(ALWAYS.fromMs),
    notAfter: new Date(ALWAYS.untilMs),
    publicKey,
    signingKey: privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey, false, crypto),
    ],
  }, crypto);
  return { cert: pemOf(cert), key: await privatePem(privateKey) };
}

/**
 * Makes an authority's certificate and key ready for use; says what is wrong with them. It must be one that
 * mgmt made: who has another authority's key may have given certificates with it for anything.
 */
export async function openAuthority({ cert, key }: CertifiedKey): Promise<Result<Authority>> {
  const opened = readAuthority(cert);
  if (opened === undefined) return noSecret("its certificate cannot be read");
  if (!await isOurAuthority(opened)) {
    return noSecret("its certificate is none of an authority that mgmt made");
  }
  if (pointOfKey(key) === undefined) {
    return noSecret("its key cannot be read, or is none on P-256 (PKCS #8)");
  }
  if (pointOfKey(key) !== pointOfCertificate(cert)) {
    return noSecret("its key is not that of its certificate");
  }
  const keys = await importKeys(key);
  if (keys === undefined || !await isFor(opened, keys.publicKey)) {
    return noSecret("its key cannot be used");
  }
  return ok({ cert: opened, key: keys.privateKey });
}

function readAuthority(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** As {@linkcode createAuthority} makes them. */
async function isOurAuthority(cert: X509Certificate): Promise<boolean> {
  const { subject, issuer, publicKey } = cert;
  if (pointOfCertificate(cert.toString("pem")) === undefined) return false;
  if (!OWN_SUBJECT.test(subject) || issuer !== subject) return false;
  const limits = cert.getExtension(BasicConstraintsExtension);
  if (limits?.ca !== true || limits.pathLength !== 0) return false;
  try {
    return await cert.verify({ publicKey, signatureOnly: true }, crypto);
  } catch {
    return false;
  }
}

function noSecret(why: string): Result<never> {
  return fail(`it is no secret of a cluster: ${why}`, { code: "no-secret", hint: WHERE_FROM });
}

/** Makes a key and has it certified. */
export async function issue(
  authority: Authority,
  profile: Profile,
  random: Random,
): Promise<Result<CertifiedKey>> {
  const { publicKey, privateKey } = await newKeys();
  const cert = await certify(authority, profile, publicKey, random);
  return cert.ok ? ok({ cert: cert.value, key: await privatePem(privateKey) }) : cert;
}

/** Signs a certificate for somebody's public key; all that it says comes from the profile. In PEM. */
export async function certify(
  authority: Authority,
  profile: Profile,
  publicKey: CryptoKey,
  random: Random,
): Promise<Result<string>> {
  const user = userOf(profile);
  if (!user.ok) return user;
  if ("addresses" in profile && profile.addresses.length > MOST_ADDRESSES) {
    return fail(`a certificate names at most ${MOST_ADDRESSES} addresses`);
  }
  const names = namesOf(profile);
  const cert = await X509CertificateGenerator.create({
    serialNumber: serialNumber(random),
    subject: user.value === undefined ? "" : `CN=${user.value}`,
    issuer: authority.cert.subjectName,
    notBefore: new Date(ALWAYS.fromMs),
    notAfter: new Date("untilMs" in profile ? profile.untilMs : ALWAYS.untilMs),
    publicKey,
    signingKey: authority.key,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(usagesOf(profile), false),
      // Where there is no subject, the names stand for it, and RFC 5280 has them critical.
      ...(names.length === 0
        ? []
        : [new SubjectAlternativeNameExtension(names, user.value === undefined)]),
      await SubjectKeyIdentifierExtension.create(publicKey, false, crypto),
      await AuthorityKeyIdentifierExtension.create(authority.cert, false, crypto),
    ],
  }, crypto);
  return ok(pemOf(cert));
}

/** A private key from its PEM (PKCS #8), with the public one that belongs to it; undefined: it is none of ours. */
export async function importKeys(pem: string): Promise<CryptoKeyPair | undefined> {
  // Of other kinds of keys the runtime may end the program, instead of refusing them.
  if (pointOfKey(pem) === undefined) return undefined;
  try {
    const der = PemConverter.decodeFirst(pem);
    const privateKey = await crypto.subtle.importKey("pkcs8", der, ALGORITHM, true, ["sign"]);
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", privateKey);
    const open = { kty, crv, x, y } as JsonWebKey;
    const publicKey = await crypto.subtle.importKey("jwk", open, ALGORITHM, true, ["verify"]);
    return { privateKey, publicKey };
  } catch {
    return undefined;
  }
}

/** Keys of which nothing is kept but what is exported. */
export function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** A private key as PEM (PKCS #8). */
export async function privatePem(key: CryptoKey): Promise<string> {
  const der = await crypto.subtle.exportKey("pkcs8", key);
  return `${PemConverter.encode(der, "PRIVATE KEY")}\n`;
}

function pemOf(cert: X509Certificate): string {
  return `${cert.toString("pem")}\n`;
}

/** Positive, and never with a zero in front. */
function serialNumber(random: Random): string {
  return `4${random.hex(16).slice(1)}`;
}

function usagesOf({ type }: Profile): ExtendedKeyUsage[] {
  if (type === "server") return [ExtendedKeyUsage.serverAuth];
  if (type === "peer") return [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth];
  return [ExtendedKeyUsage.clientAuth];
}

function namesOf(profile: Profile): { type: "ip" | "dns"; value: string }[] {
  if (!("addresses" in profile)) return [];
  const names = [...new Set(profile.addresses)].map((value) => {
    const isIp = value.includes(":") || /^[0-9.]+$/.test(value);
    return { type: isIp ? "ip" as const : "dns" as const, value };
  });
  return profile.type === "server" ? [{ type: "dns", value: SERVER_NAME }, ...names] : names;
}
