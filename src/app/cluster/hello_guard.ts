/** Whom a host tells who it is, before there is an etcd: over TLS only hosts of its cluster. */

import {
  type Address,
  isLoopbackAddress,
  isNamed,
  isSameAddress,
  isWildcardAddress,
  readAddress,
  readHost,
} from "../../base/address.ts";
import type { MemberCredentials } from "../../base/credentials.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import type { HelloListen } from "../../os/network/hello_server.ts";
import { freshBelief } from "../../os/network/tls/fresh.ts";

/** Where hello is listened for and, with certificates, whose questions are answered there. */
export function guardedPlace(
  address: Address,
  member: MemberCredentials | "none",
  near: ReadonlyMap<string, Address> = new Map(),
): HelloListen {
  if (member === "none") return { address };
  const told = [...near.keys()].flatMap((url) => readAddress(url) ?? []);
  return {
    address,
    shown: member.server,
    guard: {
      random: createLocalRandom(),
      isHere: (host) => {
        const asked = readHost("https", host);
        return asked !== undefined && isHere(asked, [address, ...told]);
      },
      mayAsk: async (cert) => {
        const { checkAsker } = await import("../../trust/asker.ts");
        return await checkAsker(cert, freshBelief(member));
      },
    },
  };
}

/** Whether a host that has these addresses is meant; what a name means is decided elsewhere. */
function isHere(asked: Address, own: readonly Address[]): boolean {
  if (asked.host === "localhost") return own.some(isLoopbackAddress);
  return isNamed(asked) ||
    own.some((each) => isWildcardAddress(each) || isSameAddress(each, asked));
}
