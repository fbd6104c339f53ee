/**
 * What is to be done where an etcd that others run refuses whoever asks: only its administrator can help.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { ROOT_KEY } from "../../cluster/store/keys.ts";
import type { StoreAddress } from "../../cluster/store/store.ts";
import type { GrpcRefusal } from "./failures.ts";

/** What etcd says to who does not know the password. */
const WRONG_PASSWORD = "invalid user ID or password";
/** What it says where it asks nobody who he is. */
export const NO_USERS = "authentication is not enabled";

type OutsideAsker = Pick<StoreAddress, "credentials" | "user">;

/** The same, with what to do where the etcd is none of a cluster that mgmt makes. */
export function toldOutside(found: GrpcRefusal, asker: OutsideAsker): GrpcRefusal {
  const { credentials = "none" } = asker;
  const isOwn = credentials !== "none" && credentials.outside !== true;
  const { code, message } = found.failure;
  if (isOwn || code !== "permission-denied" && code !== "unauthorized") return found;
  const failure: Failure = { ...found.failure, code: "unauthorized", hint: hint(message, asker) };
  return { ...found, failure };
}

function hint(message: string, { credentials, user }: OutsideAsker): string {
  if (message.includes(WRONG_PASSWORD)) {
    return `correct the name or the password in ${user?.source}, and start this host's agent again`;
  }
  if (message.includes("permission denied")) {
    return `its administrator gives that user the right to read and write below ${ROOT_KEY}: ` +
      `etcdctl role grant-permission ROLE readwrite --prefix ${ROOT_KEY}`;
  }
  const isNamed = credentials !== undefined && credentials !== "none" &&
    credentials.cert.path !== "";
  const known = isNamed ? ` (the CN of ${credentials.cert.path} is none of its users)` : "";
  return `it asks who this host is${known}: start its agent with --user-file FILE, where FILE has ` +
    "NAME:PASSWORD of a user there, or with a certificate whose CN is one (--cert, --key)";
}
