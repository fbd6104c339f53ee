/** A token that was read is opened: whether what it carries belongs together. */

import { fail, ok, type Result } from "../base/result.ts";
import { checkCertificate, isFor } from "./certificate.ts";
import { importKeys } from "./issuing.ts";
import { type JoinToken, readToken } from "./token.ts";

/** A token that is right in itself. Whether it still counts, the cluster decides. */
export interface OpenToken extends JoinToken {
  /** Its id, for which the cluster keeps how often and how long it counts. */
  readonly id: string;
  /** When its certificate ends, in ms since 1970. */
  readonly untilMs: number;
}

/** Reads a token and checks that its certificate and key are of each other and of its cluster. */
export async function openToken(text: string): Promise<Result<OpenToken>> {
  const read = await readToken(text);
  if (!read.ok) return read;
  const { shown, believed } = read.value;
  const checked = await checkCertificate(shown.cert, { believed });
  const keys = await importKeys(shown.key);
  if (!checked.ok || checked.value.holder.type !== "join") {
    return notWhole("no token's certificate");
  }
  if (keys === undefined || !await isFor(checked.value.cert, keys.publicKey)) {
    return notWhole("a key that is not its certificate's");
  }
  const { holder: { id }, untilMs } = checked.value;
  return ok({ ...read.value, id, untilMs });
}

function notWhole(what: string): Result<never> {
  return fail(`the token cannot be used: it carries ${what}`, {
    code: "no-token",
    hint: "mgmt token create, on a host that runs etcd, prints another",
  });
}
