/**
 * Writes keys as they come, bytes for bytes, into a store that is nobody's yet.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import type { StoreAddress } from "../../cluster/store/store.ts";
import { EtcdPool } from "./pool.ts";

/** A key and its value. */
export interface FilledEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** What etcd takes in one transaction, and a bit less. */
const KEYS_MAX = 100;
const BYTES_MAX = 1_000_000;
const DEADLINE_MS = 10_000;

/** Writes them all. */
export async function fill(
  address: StoreAddress,
  clock: Clock,
  entries: Iterable<FilledEntry>,
): Promise<Failure | undefined> {
  const pool = new EtcdPool(address, clock);
  try {
    for (const batch of batches(entries)) {
      const success = batch.map(({ key, value }) => ({ request_put: { key, value } }));
      const request = { compare: [], success, failure: [] };
      const question = { what: "write keys", service: "KV", method: "txn", request, reads: false };
      const written = await pool.ask(question as Parameters<EtcdPool["ask"]>[0], {
        deadlineMs: DEADLINE_MS,
      });
      if (!written.ok) return written.failure;
    }
    return undefined;
  } finally {
    pool.close();
  }
}

function* batches(entries: Iterable<FilledEntry>): Generator<readonly FilledEntry[]> {
  let batch: FilledEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const more = entry.key.length + entry.value.length;
    if (batch.length > 0 && (batch.length >= KEYS_MAX || bytes + more > BYTES_MAX)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(entry);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}
