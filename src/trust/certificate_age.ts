/**
 * How long a host has used its certificate. That decides when it is renewed, and no clock: time of day is
 * kept for people alone, since a clock that was years off would have all hosts renew at once, or none.
 *
 * @module
 */

import { parseJson } from "../base/json.ts";
import { ok, type Result } from "../base/result.ts";
import type { PrivateFiles } from "../os/state/private_files.ts";
import { TRUST_FILES } from "./trust_files.ts";

/** After so much use it is renewed. */
export const RENEWAL_MS = 90 * 24 * 3600 * 1000;

/** What is kept of a certificate. */
export interface CertificateAge {
  /** Which one it is: of another one nothing is known yet. */
  readonly fingerprint: string;
  /** When this host first had it, in milliseconds since 1970 by its own clock; for people only. */
  readonly issuedAtMs: number;
  /** For so long an agent has run with it. */
  readonly usedMs: number;
}

/** What is kept of that certificate; of one that is new here, that it is new. */
export function readAge(
  files: PrivateFiles,
  fingerprint: string,
  wallMs: number,
): Result<CertificateAge> {
  const content = files.read(TRUST_FILES.age);
  if (!content.ok) return content;
  const kept = parseJson(new TextDecoder().decode(content.value)) as
    | Partial<CertificateAge>
    | undefined;
  const { issuedAtMs, usedMs } = kept ?? {};
  const isKept = kept?.fingerprint === fingerprint && isTime(issuedAtMs) && isTime(usedMs);
  return ok({
    fingerprint,
    issuedAtMs: isKept ? issuedAtMs : wallMs,
    usedMs: isKept ? usedMs : 0,
  });
}

/** Keeps it. */
export function writeAge(files: PrivateFiles, age: CertificateAge): Result<void> {
  return files.write(TRUST_FILES.age, JSON.stringify(age));
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
