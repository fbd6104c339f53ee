/**
 * Texts in PEM, as far as they need no library.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";

/** A certificate and its key, both PEM. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

const SECRET_HEAD =
  `# The secret of a cluster of mgmt. Who has it can give any host of it any order: keep
# it for its owner alone (0600), and bring it to other hosts only over what nobody can read.
`;

/** Where a secret comes from, for people. */
export const WHERE_FROM =
  "mgmt cluster secret > FILE, on a host that runs etcd, or before there is a cluster";

/** What is put into PEM. */
export type PemKind = "CERTIFICATE" | "PRIVATE KEY" | "PUBLIC KEY";

/** The certificates of a text. */
export function certificatesIn(text: string): readonly string[] {
  return blocksIn(text, "CERTIFICATE");
}

/** Whether that certificate is one of those in a text: by its bytes, whatever ends their lines. */
export function hasCertificate(text: string, cert: string): boolean {
  const [own] = certificatesIn(cert);
  return own !== undefined && certificatesIn(text).includes(own);
}

/** The private keys of a text. */
export function keysIn(text: string): readonly string[] {
  return blocksIn(text, "PRIVATE KEY");
}

/**
 * The blocks of that kind, each with its lines at the beginning and end; as mgmt writes them, whatever ended
 * their lines on the way, so that texts of the same bytes are the same.
 */
function blocksIn(text: string, kind: PemKind): readonly string[] {
  const block = new RegExp(`-----BEGIN ${kind}-----[A-Za-z0-9+/=\\s]*-----END ${kind}-----`, "g");
  return (text.match(block) ?? []).map((found) => {
    const bytes = bytesOf(found);
    return bytes.length === 0 ? `${found}\n` : asPem(bytes, kind);
  });
}

/** Bytes as PEM. */
export function asPem(bytes: Uint8Array, kind: PemKind): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`, ""].join("\n");
}

/** The bytes of one block; none: it is no PEM. */
export function bytesOf(pem: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(pem.replace(/-----[^-]*-----/g, ""));
  } catch {
    return new Uint8Array();
  }
}

/** The secret of a cluster as a file: the certificate of its authority and the key of that. */
export function secretText({ cert, key }: CertifiedKey): string {
  return SECRET_HEAD + cert + key;
}

/** Reads that back. Whether both belong together is seen when they are opened. */
export function readSecret(text: string): Result<CertifiedKey> {
  const [certs, keys] = [certificatesIn(text), keysIn(text)];
  const [[cert], [key]] = [certs, keys];
  const old = /-----BEGIN (?:EC|RSA|ENCRYPTED) PRIVATE KEY-----/.exec(text);
  if (keys.length === 0 && old !== null) {
    return fail("it is no secret of a cluster: its key is not in plain PKCS #8", {
      code: "no-secret",
      hint: `openssl pkey -in FILE writes a key so; or make another file: ${WHERE_FROM}`,
    });
  }
  const found = `${certs.length} certificates and ${keys.length} keys`;
  if (cert === undefined || key === undefined || certs.length > 1 || keys.length > 1) {
    return fail(`it is no secret of a cluster: ${found} are in it, and not one of each`, {
      code: "no-secret",
      hint: WHERE_FROM,
    });
  }
  return ok({ cert, key });
}
