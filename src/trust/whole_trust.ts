/**
 * Whether what a host keeps of its cluster's trust belongs together. Each file is replaced as a whole, so
 * what does not was brought there from elsewhere.
 *
 * @module
 */

import { join } from "node:path";
import { fail, ok, type Result } from "../base/result.ts";
import type { PrivateFiles } from "../os/state/private_files.ts";
import { checkCertificate } from "./certificate.ts";
import { certificatesIn, type CertifiedKey, hasCertificate } from "./pem.ts";
import { bothAuthorities } from "./fingerprint.ts";
import { broken, certFile, type HostTrust, pemFile, TRUST_FILES } from "./trust_files.ts";

/** Refused is a host's certificate of another authority than those that are believed. */
export async function checkWhole({ credentials: { ca, cert } }: HostTrust): Promise<Result<void>> {
  const shown = await checkCertificate(cert.text, { believed: ca.text });
  if (shown.ok) return ok(undefined);
  return broken(`${cert.path} does not go with ${ca.path}: ${shown.failure.message}`);
}

/**
 * Where `ca.pem` is gone from the prefix of a host that is in a cluster: refused is the secret of another
 * one than that of the certificate or the secret that are left.
 */
export async function fitsWhatIsLeft(
  files: PrivateFiles,
  { cert }: CertifiedKey,
): Promise<Result<void>> {
  const own = pemFile(files, TRUST_FILES.secret);
  if (!own.ok) return own;
  const signing = own.value?.text ?? "";
  if (certificatesIn(signing).length > 0 && !hasCertificate(signing, cert)) {
    return another(files, TRUST_FILES.secret, await bothAuthorities(signing, cert));
  }
  const shown = pemFile(files, certFile("host"));
  if (!shown.ok || shown.value === undefined) return shown.ok ? ok(undefined) : shown;
  const checked = await checkCertificate(shown.value.text, { believed: cert });
  return checked.ok ? ok(undefined) : another(files, certFile("host"));
}

function another({ path }: PrivateFiles, name: string, which = ""): Result<never> {
  return fail(`${join(path, name)} is of another cluster than this secret${which}`, {
    code: "other-cluster",
    hint: `give the secret of this host's cluster; where that file is wrong, move ${path} away`,
  });
}
