/**
 * A certificate and its key that mgmt has not made: of any kind that TLS knows.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import type { PemFile } from "../../../base/credentials.ts";
import { fail, ok, reasonOf, type Result } from "../../../base/result.ts";

/**
 * Who issued the certificate (one line for each part of the name), where both can be shown together. The
 * runtime ends the whole program where a connection is made with two that are not of each other.
 */
export function issuerOfPair(cert: PemFile, key: PemFile): Result<string> {
  const certificate = tried(() => new X509Certificate(cert.text));
  if (!certificate.ok) return fail(`--cert: ${cert.path} is no certificate (PEM)`);
  if (/BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(key.text)) {
    return fail(`--key: ${key.path} is locked with a passphrase`, {
      hint: "openssl pkey -in FILE -out NEW writes it without one, for its owner alone",
    });
  }
  const own = tried(() => createPublicKey(createPrivateKey(key.text)));
  if (!own.ok) return fail(`--key: ${key.path} is no private key (PEM): ${own.failure.message}`);
  const spki = { type: "spki", format: "der" } as const;
  const isPair = tried(() =>
    own.value.export(spki).equals(certificate.value.publicKey.export(spki))
  );
  if (isPair.ok && isPair.value) return ok(certificate.value.issuer);
  return fail(`the key in ${key.path} is not that of the certificate in ${cert.path}`, {
    hint: "name a certificate and its key with --cert and --key",
  });
}

function tried<T>(make: () => T): Result<T> {
  try {
    return ok(make());
  } catch (thrown) {
    return fail(reasonOf(thrown));
  }
}
