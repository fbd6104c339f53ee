import { failure, type Result } from "../../base/result.ts";
import { TRUST_FILES, TRUST_PLACE } from "../../trust/trust_files.ts";

/** A host of a TLS cluster without what it shows there: neither does it speak plain text now, nor found another. */
export function trustGone(prefix: string): Extract<Result<never>, { ok: false }> {
  const place = `${prefix}/${TRUST_PLACE}`;
  const why = failure(
    `${prefix} is that of a host in a TLS cluster, and there is no ${place}/${TRUST_FILES.believed}`,
    {
      code: "trust-gone",
      hint:
        `bring ${place} back from a copy; or start this host once with the secret of its cluster ` +
        "(mgmt cluster secret > FILE, on a host of it that runs etcd; --secret-file FILE here) or with " +
        "a token (mgmt token create > FILE there; --token-file FILE here)",
    },
  );
  return { ok: false, failure: why };
}
