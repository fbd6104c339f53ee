/**
 * What the leader decides from, as somebody else may read it.
 *
 * @module
 */

import { ok, type Result } from "../../base/result.ts";
import { controlRanges, type KeyRange } from "../store/keys.ts";
import { controlRows } from "../store/rights.ts";
import { type CallOptions, listAll, type Store, type StoreEntry } from "../store/store.ts";

const PAGE = 500;

/** All of it, or the rows that this host may read, where it may not read all. */
export async function readControl(
  store: Store,
  options: CallOptions,
): Promise<Result<readonly StoreEntry[]>> {
  const all = await readRanges(store, controlRanges(), options);
  const isDenied = !all.ok && all.failure.code === "permission-denied";
  return isDenied ? await readRanges(store, controlRows(), options) : all;
}

async function readRanges(
  store: Store,
  ranges: readonly KeyRange[],
  options: CallOptions,
): Promise<Result<readonly StoreEntry[]>> {
  const pages = await Promise.all(
    ranges.map((range) => listAll(store, range, { ...options, limit: PAGE })),
  );
  const entries: StoreEntry[] = [];
  for (const page of pages) {
    if (!page.ok) return page;
    entries.push(...page.value.entries);
  }
  return ok(entries);
}
