/**
 * The sentences for what happens to values that hosts share.
 *
 * @module
 */

import { wholeDuration } from "../base/words.ts";
import type { ExchangeNews, RestlessValue } from "../cluster/exchange/news.ts";

type NewsOf<W extends ExchangeNews["what"]> = Extract<ExchangeNews, { readonly what: W }>;

/** Names that one text has. */
const MOST_NAMED = 5;

/** Nobody has said it for so long that a program goes on without. */
export function valuesUnknown({ key }: NewsOf<"values-unknown">): string {
  return key === undefined
    ? "the cluster did not say yet which hosts there are: goes on with this one"
    : `the cluster did not say yet what hosts share as ${key}: goes on with the own value`;
}

/** On the host whose value it is. */
export function shareSlowed(news: NewsOf<"share-slowed">): string {
  const { key, reads, pauseMs } = news;
  const from = reads.length === 0
    ? "this host reads none of others"
    : `this host reads ${named(reads)} of others: are those made from this one?`;
  return `value[${key}] ${changesOften(news)}: others get it every ${wholeDuration(pauseMs)} ` +
    `now, the last one each time (${from})`;
}

/** On a host that reads it. */
export function shareRestless(news: NewsOf<"share-restless">): string {
  const { key, host, shares } = news;
  const from = shares.length === 0
    ? ""
    : ` (this host shares ${named(shares)}: is one of these made from it, and it from that?)`;
  return `value[${key}] of host ${host}, which is read here, ${changesOften(news)}${from}`;
}

function changesOften({ changes, withinMs }: RestlessValue): string {
  return `changes all the time (${changes} times in ${wholeDuration(withinMs)})`;
}

function named(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  return names.slice(0, MOST_NAMED).join(", ") + more;
}
