/**
 * What an operator has, in one file: a certificate and its key, a key to sign with, whom to believe, and where
 * to ask. etcdctl takes the same file for `--cert` and `--key`: the first certificate and the first key are
 * those that are shown.
 *
 * @module
 */

import { readAddress } from "../base/address.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { whyNoPair } from "./key_pair.ts";
import { certificatesIn, type CertifiedKey, keysIn } from "./pem.ts";

/** What is in such a file. */
export interface OperatorFile {
  /** What the operator is called. */
  readonly name: string;
  readonly shown: CertifiedKey;
  /** When it counts no more, as its maker was told (ms since 1970), for people: what decides is the cluster. */
  readonly untilMs: number;
  /** The key that it signs with: Ed25519 (PKCS #8, PEM). */
  readonly signer: string;
  /** Certificates of authorities, PEM. */
  readonly believed: string;
  /** Where members answer. */
  readonly addresses: readonly string[];
}

const NAME = "# operator:";
const UNTIL = "# until:";
const ADDRESSES = "# addresses:";
const MOST_ADDRESSES = 16;

/** Writes it. */
export function operatorText(
  { name, shown, untilMs, signer, believed, addresses }: OperatorFile,
): string {
  return [
    "# An operator of a cluster of mgmt: keep it for yourself alone (0600).",
    `${NAME} ${name}`,
    `${UNTIL} ${new Date(untilMs).toISOString()}`,
    `${ADDRESSES} ${addresses.join(" ")}`,
    shown.cert + shown.key + signer + believed,
  ].join("\n");
}

/** Reads it, or says what is wrong with it; never repeats what is in it. */
export function readOperatorFile(text: string): Result<OperatorFile> {
  const [cert, ...authorities] = certificatesIn(text);
  const [key, signer, ...others] = keysIn(text);
  if (cert === undefined || key === undefined) return wrong("no certificate with a key is in it");
  if (authorities.length === 0) {
    return wrong("the certificate of the cluster's authority is missing");
  }
  if (signer === undefined || others.length > 0) {
    return wrong(`it has ${1 + others.length + (signer === undefined ? 0 : 1)} keys, and not two`);
  }
  const why = whyNoPair({ cert: { path: "it", text: cert }, key: { path: "it", text: key } });
  if (why !== undefined) return wrong("its first key is not that of its first certificate");
  const addresses = lineOf(text, ADDRESSES).split(/\s+/).filter((each) => each !== "");
  const isOdd = addresses.some((each) => readAddress(each)?.scheme !== "https");
  if (isOdd || addresses.length === 0 || addresses.length > MOST_ADDRESSES) {
    return wrong("it does not say where the cluster is");
  }
  return ok({
    name: lineOf(text, NAME),
    shown: { cert, key },
    untilMs: Date.parse(lineOf(text, UNTIL)),
    signer,
    believed: authorities.join(""),
    addresses,
  });
}

function lineOf(text: string, mark: string): string {
  const line = text.split("\n").find((each) => each.startsWith(mark)) ?? mark;
  return line.slice(mark.length).trim();
}

function wrong(why: string): Result<never> {
  return fail(`it is no operator's file: ${why}`, {
    code: "no-operator",
    hint: "mgmt operator add NAME > FILE, on a host that runs etcd, writes one",
  });
}
