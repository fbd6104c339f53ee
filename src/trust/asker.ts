/**
 * Who may ask a host of the cluster what it knows, before there is an etcd to ask.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { checkCertificate, readAuthorities } from "./certificate.ts";
import type { CertificateHolder } from "./profiles.ts";
import { readRevoked } from "./revoked.ts";

/** Hosts, with the server's role or without: those who look for their cluster. */
const HOSTS: ReadonlySet<CertificateHolder["type"]> = new Set(["root", "host"]);

/**
 * Whose certificate that is, in PEM; fails where it is none of a host, or one that counts no more. No clock
 * is asked: the certificates of hosts never end by themselves.
 */
export async function checkAsker(
  cert: string,
  { believed, revoked }: { readonly believed: string; readonly revoked: Uint8Array },
): Promise<Result<CertificateHolder>> {
  const checked = await checkCertificate(cert, { believed });
  if (!checked.ok) return checked;
  const { holder, serial } = checked.value;
  if (!HOSTS.has(holder.type)) return fail("the certificate is none of a host");
  const authorities = readAuthorities(believed);
  if (!authorities.ok) return authorities;
  for (const authority of authorities.value) {
    const listed = await readRevoked(revoked, { cert: authority });
    if (!listed.ok) continue;
    return listed.value.includes(serial)
      ? fail("the certificate counts no more: its host was cast out")
      : ok(holder);
  }
  return fail("the list of certificates that count no more cannot be read");
}
