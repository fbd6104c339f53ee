/**
 * The certificates below a prefix with their times.
 *
 * @module
 */

import { join } from "node:path";
import { ok, type Result } from "../../base/result.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { fingerprintOf } from "../../trust/fingerprint.ts";
import { trustDirectory } from "../cluster/known_cluster.ts";

/** One that this host shows. */
export interface DatedCertificate {
  readonly path: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Since when it is in use, where that is kept. */
  readonly issuedAtMs: number | undefined;
}

/** Reads them, the host's first, of which nothing may be kept before `wallMs`; none: it is in no cluster with TLS. A failure: they are not whole. */
export async function shownCertificates(
  prefix: string,
  wallMs: number,
): Promise<Result<readonly DatedCertificate[]>> {
  const files = privateFiles(trustDirectory(prefix));
  const { certFile, readShown, readTrust } = await import(
    "../../trust/trust_files.ts"
  );
  const trust = readTrust(files);
  if (!trust.ok) return trust;
  if (trust.value === undefined) return ok([]);
  const { timesOf } = await import("../../trust/certificate.ts");
  const { readAge } = await import("../../trust/certificate_age.ts");
  const fingerprint = await fingerprintOf(trust.value.credentials.cert.text);
  const age = readAge(files, fingerprint ?? "", wallMs);
  const found: DatedCertificate[] = [];
  for (const shown of ["host", "server", "peer"] as const) {
    const pair = readShown(files, shown);
    if (!pair.ok) return pair;
    if (pair.value === undefined) continue;
    const times = timesOf(pair.value.cert.text);
    if (!times.ok) return times;
    found.push({
      path: join(files.path, certFile(shown)),
      ...times.value,
      issuedAtMs: shown === "host" && age.ok ? age.value.issuedAtMs : undefined,
    });
  }
  return ok(found);
}
