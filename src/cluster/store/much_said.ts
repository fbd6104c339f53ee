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

type ListingStore = Pick<Store, "list">;

/** What a host has in one such row: more is none of an agent. */
const MOST_KEYS = 1000;
const MOST_LENGTH = LIMITS.controlLength / 16;
/** How many keys a host has in one such row, and how long they are with their values. */
export interface RowSize {
  readonly keys: number;
  readonly length: number;
}

/** Whether that is more than a host says. */
export function isTooMuch({ keys, length }: RowSize): boolean {
  return keys > MOST_KEYS || length > MOST_LENGTH;
}

/** Hosts that are told at a time. */
const MOST_HOSTS = 50;
/** The first page has so many: of large entries they are soon read. */
const FIRST_PAGE = 2;
const LARGEST_PAGE = 64;
/** A page that is not longer is followed by a larger one. */
const SHORT_PAGE_LENGTH = 64 * 1024;

/** The first names of a range, so many at most: fewer where they are too long for one answer. */
export async function firstNames(
  store: ListingStore,
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
  store: ListingStore,
  options: CallOptions,
): Promise<Result<readonly string[]>> {
  const found = new Set<string>();
  for (const row of openRows()) {
    let said = { host: "", keys: 0, length: 0 };
    let limit = FIRST_PAGE;
    for (let from: string | undefined = row.from; from !== undefined;) {
      const page: Result<RangePage> = await store.list({ from, to: row.to }, {
        ...options,
        limit,
      });
      if (!page.ok && page.failure.code === "too-large" && limit > FIRST_PAGE) {
        limit = FIRST_PAGE;
        continue;
      }
      if (!page.ok) return page;
      from = page.value.next;
      limit = lengthOf(page.value) > SHORT_PAGE_LENGTH
        ? FIRST_PAGE
        : Math.min(2 * limit, LARGEST_PAGE);
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

function lengthOf({ entries }: RangePage): number {
  return entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
}
