/** Bytes of the short form: as many as nobody makes another certificate for. */
const SHORT_BYTES = 8;

/** The beginning of a fingerprint (hexadecimal digits in pairs, with colons), for tables. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.split(":").slice(0, SHORT_BYTES).join(":");
}
