import { type Failure, failure } from "../../base/result.ts";
import { dateOf, namesIn } from "./tls/reason.ts";

const TRUST = "if it is to be trusted, add its certificate to the machine's " +
  "(Debian: /usr/local/share/ca-certificates and update-ca-certificates)";

/** Why a TLS connection was not made, for people; `reason` is what the TLS library says. */
export function explainTls(what: string, reason: string): Failure {
  const tls = (message: string, hint?: string) =>
    failure(`${what}: ${message}`, { code: "tls", ...(hint === undefined ? {} : { hint }) });
  if (/InvalidContentType|InvalidMessage/.test(reason)) {
    return tls("what answers there does not speak TLS", "is it http:, or another port?");
  }
  if (/^Unable to add pem/.test(reason)) {
    return tls(
      `the machine's own certificates cannot be read (${reason})`,
      "try: update-ca-certificates",
    );
  }
  if (/UnknownIssuer/.test(reason)) {
    return tls("nobody whom this machine trusts has signed its certificate", TRUST);
  }
  if (/CaUsedAsEndEntity/.test(reason)) return tls("its certificate is signed by itself", TRUST);
  const name = /certificate not valid for name "([^"]*)"(?:.*only valid for (.*))?$/.exec(reason);
  if (name !== null) {
    return tls(`its certificate is for ${namesIn(name[2])}, not for ${name[1]}`);
  }
  const expired = /not valid after (\d+)/.exec(reason)?.[1];
  if (expired !== undefined) return tls(`its certificate has expired (${dateOf(expired)})`);
  const early = /not valid before (\d+)/.exec(reason)?.[1];
  if (early !== undefined) {
    return tls(`its certificate is not valid before ${dateOf(early)}`, "are both clocks right?");
  }
  return tls(`TLS: ${reason}`);
}
