/**
 * What an operator has: a certificate, its key, whom to believe and where to ask, in one file. Its PEM is
 * such that etcdctl takes the same file for `--cert`, `--key` and `--cacert`.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { certificatesIn, type CertifiedKey, keysIn } from "./pem.ts";

/** What is in such a file. */
export interface OperatorFile {
  readonly shown: CertifiedKey;
  /** Certificates of authorities, PEM. */
  readonly believed: string;
  readonly addresses: readonly string[];
}

const ADDRESSES = "# addresses:";
const ADDRESS = /^https:\/\/[^\s/]+$/;

/** Writes it; `name` is for people. */
export function operatorText(name: string, { shown, believed, addresses }: OperatorFile): string {
  return [
    `# ${name}, operator of a cluster of mgmt. Keep it for yourself alone (0600).`,
    `${ADDRESSES} ${addresses.join(" ")}`,
    shown.cert + shown.key + believed,
  ].join("\n");
}

/** Reads it: the first certificate is the operator's own. */
export function readOperatorFile(text: string): Result<OperatorFile> {
  const [cert, ...authorities] = certificatesIn(text);
  const [key, ...others] = keysIn(text);
  const line = text.split("\n").find((each) => each.startsWith(ADDRESSES)) ?? "";
  const addresses = line.slice(ADDRESSES.length).split(" ").filter((each) => ADDRESS.test(each));
  if (
    cert === undefined || key === undefined || others.length > 0 || authorities.length === 0 ||
    addresses.length === 0
  ) {
    return fail("it is no operator's file", {
      code: "no-operator",
      hint: "mgmt operator add NAME > FILE, on a host that runs etcd, writes one",
    });
  }
  return ok({ shown: { cert, key }, believed: authorities.join(""), addresses });
}
