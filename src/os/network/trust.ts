/** Where distributions keep the certificates that a machine trusts, as one file. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The certificates that the machine trusts beside those that the runtime brings: the runtime does
 * not look for them itself. `SSL_CERT_FILE` names another file.
 */
export async function machineCertificates(): Promise<string[]> {
  const named = Deno.env.get("SSL_CERT_FILE");
  for (const path of named === undefined || named === "" ? BUNDLES : [named]) {
    try {
      return [await Deno.readTextFile(path)];
    } catch {
      // Another distribution's place.
    }
  }
  return [];
}
