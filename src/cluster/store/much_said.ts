/**
 * Rows that others fill, of which nobody knows how much stands there: read by parts, so that who says too much is
 * found also where all of it is more than can be read.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Result } from "../../base/result.ts";
import { type KeyRange, prefixRange } from "./keys.ts";
import { openRows } from "./rights.ts";
import type { CallOptions, RangePage, Store } from "./store.ts";

type Lists = Pick<Store, "list">;

/** What a host has in one such row: more is none of an agent. */
const MOST_KEYS = 1000;
const MOST_LENGTH = LIMITS.controlLength / 16;
/** How many keys a host has in one such row, and how long they are with their values. */
export interface Said {
  readonly keys: number;
  readonly length: number;
}

/** Whether that is more than a host says. */
export function isTooMuch({ keys, length }: Said): boolean {
  return keys > MOST_KEYS || length > MOST_LENGTH;
}

/** Hosts that are told at a time. */
const MOST_HOSTS = 50;
/** So many of the largest entries are one answer. */
const PAGE = 16;

/** The first names of a range, so many at most: fewer where they are too long for one answer. */
export async function firstNames(
  store: Lists,
  range: KeyRange,
  limit: number,
  options: CallOptions,
): Promise<Result<RangePage>> {
  for (;;) {
    const page = await store.list(range, { ...options, limit, keysOnly: true });
    if (page.ok || page.failure.code !== "too-large" || limit === 1) return page;
    limit = Math.ceil(limit / 4);
  }
}

/** Hosts that say more than hosts do where they may write any number of keys; of each no more is read than shows it. */
export async function hostsSayingTooMuch(
  store: Lists,
  options: CallOptions,
): Promise<Result<readonly string[]>> {
  const found = new Set<string>();
  for (const row of openRows()) {
    let said = { host: "", keys: 0, length: 0 };
    for (let from: string | undefined = row.from; from !== undefined;) {
      const page: Result<RangePage> = await store.list({ from, to: row.to }, {
        ...options,
        limit: PAGE,
      });
      if (!page.ok) return page;
      from = page.value.next;
      for (const { key, value } of page.value.entries) {
        const [host = ""] = key.slice(row.from.length).split("/", 1);
        if (said.host !== host) said = { host, keys: 0, length: 0 };
        said.keys++;
        said.length += key.length + value.length;
        if (!isTooMuch(said)) continue;
        found.add(host);
        if (found.size >= MOST_HOSTS) return { ok: true, value: [...found] };
        from = prefixRange(`${row.from}${host}/`).to;
        break;
      }
    }
  }
  return { ok: true, value: [...found] };
}
