import { resolve } from "node:path";
import { addressText, type Scheme } from "../../base/address.ts";
import type { WrittenAddress } from "../../cluster/store/urls.ts";
import { type Flag, flagSource, type FlagSources, type FlagValues } from "../flags.ts";
import { RUN_FLAGS } from "../run_flags.ts";
import { outsideWish } from "./outside_wish.ts";
import type { TrustWish } from "./trust_mode.ts";

/** The flags of a run that name addresses. */
const ADDRESS_FLAGS: readonly Flag<readonly WrittenAddress[]>[] = [
  RUN_FLAGS.seeds,
  RUN_FLAGS.clientUrls,
  RUN_FLAGS.serverUrls,
  RUN_FLAGS.peerUrls,
  RUN_FLAGS.advertiseClientUrls,
  RUN_FLAGS.advertiseServerUrls,
];

/** What a run was told of how its cluster speaks; `written` is where that comes from. */
export function trustWish(values: FlagValues, written: FlagSources): TrustWish {
  const secretFile = values.of(RUN_FLAGS.secretFile);
  const token = values.of(RUN_FLAGS.token);
  const tokenFile = values.of(RUN_FLAGS.tokenFile);
  const outside = outsideWish(values, written);
  return {
    tls: values.has(RUN_FLAGS.tls),
    insecurePlaintext: values.has(RUN_FLAGS.insecurePlaintext),
    ...(secretFile === undefined ? {} : { secretFile: resolve(secretFile) }),
    ...(token === undefined ? {} : { token }),
    ...(tokenFile === undefined ? {} : { tokenFile: resolve(tokenFile) }),
    ...(outside === undefined ? {} : { outside }),
    said: saidSchemes(
      ADDRESS_FLAGS.flatMap((flag) =>
        (values.of(flag) ?? []).map((address) => [flagSource(flag, written), address] as const)
      ),
    ),
  };
}

/** The first address with each scheme that was written, each with what messages call its flag. */
function saidSchemes(
  addresses: readonly (readonly [source: string, address: WrittenAddress])[],
): TrustWish["said"] {
  const said: Partial<Record<Scheme, string>> = {};
  for (const [source, address] of addresses) {
    if (address.said) said[address.scheme] ??= `${source}: ${addressText(address)}`;
  }
  return said;
}
