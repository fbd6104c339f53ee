/**
 * Whether the clocks of a cluster agree, by the date that every answer over HTTP carries. Nothing here
 * depends on it, but people compare what hosts say, and much else on a host wants the right time.
 *
 * @module
 */

import { pageAt, readAddress } from "../../base/address.ts";
import type { Credentials } from "../../base/credentials.ts";
import type { Clock } from "../../os/clock.ts";
import type { Network } from "../../os/network/network.ts";

/** Hosts that are asked. */
const MOST_ASKED = 5;
const DEADLINE_MS = 2000;
/** A difference that is worth a line. */
const FAR_MS = 5000;
/** The date is in whole seconds, cut off. */
const SECOND_MS = 1000;

/** How far apart two clocks are. */
export interface ClockDifference {
  /** Whose clock is farthest away. */
  readonly url: string;
  /** By so much this host's is ahead of it at least; negative: behind. */
  readonly aheadMs: number;
  /** Further hosts whose clocks are as that one. */
  readonly others: number;
}

/** What hosts are asked with. */
export interface ClockAsker {
  readonly clock: Clock;
  readonly network: Network;
  readonly credentials: Credentials;
}

/** The clock that is farthest away; undefined: none is far. */
export async function farClock(
  urls: readonly string[],
  asker: ClockAsker,
  signal: AbortSignal,
): Promise<ClockDifference | undefined> {
  const asked = await Promise.all(
    urls.slice(0, MOST_ASKED).map(async (url) => {
      const aheadMs = await aheadOf(url, asker, signal);
      return { url, aheadMs };
    }),
  );
  const [farthest] = asked.sort((one, other) => Math.abs(other.aheadMs) - Math.abs(one.aheadMs));
  if (farthest === undefined || Math.abs(farthest.aheadMs) < FAR_MS) return undefined;
  const { url, aheadMs } = farthest;
  const others = asked.filter((each) => Math.abs(each.aheadMs - aheadMs) < FAR_MS).length - 1;
  return { url, aheadMs, others };
}

/** By how much at least our clock is ahead of that there (negative: behind); 0: not known, too. */
async function aheadOf(
  told: string,
  { clock, network, credentials }: ClockAsker,
  signal: AbortSignal,
): Promise<number> {
  const address = readAddress(told);
  if (address === undefined) return 0;
  const url = pageAt(address, "/version");
  const more = { credentials, timeoutMs: DEADLINE_MS, bodyBytes: 0, signal };
  const askedAt = clock.wall().getTime();
  const page = await network.get({ url, ...more });
  const heardAt = clock.wall().getTime();
  const date = page.ok ? Date.parse(page.value.date ?? "") : NaN;
  if (Number.isNaN(date)) return 0;
  // It was some moment of that second, and between question and answer.
  if (askedAt >= date + SECOND_MS) return askedAt - date - SECOND_MS;
  return heardAt < date ? heardAt - date : 0;
}
