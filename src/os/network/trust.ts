/** Where distributions keep the certificates that a machine trusts, as one file. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** The usual ones have a fifth of a megabyte. */
const BUNDLE_BYTES = 16 * 1024 * 1024;

/**
 * The certificates that the machine trusts beside those that the runtime brings: the runtime does
 * not look for them itself. `SSL_CERT_FILE` names another file.
 */
export async function machineCertificates(): Promise<string[]> {
  const named = Deno.env.get("SSL_CERT_FILE");
  for (const path of named === undefined || named === "" ? BUNDLES : [named]) {
    try {
      const { isFile, size } = await Deno.stat(path);
      if (isFile && size <= BUNDLE_BYTES) return [await Deno.readTextFile(path)];
    } catch {
      // Another distribution's place.
    }
  }
  return [];
}
