/**
 * The data of a modelled etcd: keys with revisions, transactions, leases and a history to watch, as
 * the contract of `src/cluster/store/store.ts` says.
 *
 * @module
 */

import { fail, ok, type Result } from "../../src/base/result.ts";
import { isInRange, type KeyRange } from "../../src/cluster/store/keys.ts";
import { isTooMuch } from "../../src/cluster/store/much_said.ts";
import { openRows } from "../../src/cluster/store/rights.ts";
import type { Compare, KeyChange, Lease, StoreEntry } from "../../src/cluster/store/store.ts";
import type { RangePage, StoreOperation, StoreTransaction } from "../../src/cluster/store/store.ts";
import type { TransactionResult } from "../../src/cluster/store/store.ts";

/** One state of a key; without an entry it was removed. */
interface Version {
  readonly revision: number;
  readonly entry: StoreEntry | undefined;
}

const MOST_OPERATIONS = 128;
/** What a version takes beside its value. */
const KEY_BYTES = 200;

/** Keys, values and leases. */
export class KeyValues {
  revision = 1;
  #compacted = 0;
  #keys = new Map<string, Version[]>();
  #history: KeyChange[][] = [];
  /** What all values take, with their history. */
  bytes = 0;
  #leases = new Map<string, { ttlMs: number; endsAt: number; keys: Set<string> }>();

  /** The key as it is. */
  get(key: string): StoreEntry | undefined {
    return this.#keys.get(key)?.at(-1)?.entry;
  }

  /** One page of a range. */
  list(
    range: KeyRange,
    limit: number,
    { revision, keysOnly = false }: { readonly revision?: number; readonly keysOnly?: boolean } =
      {},
  ): Result<RangePage> {
    if (revision !== undefined && revision < this.#compacted) return compacted(revision);
    if (revision !== undefined && revision > this.revision) {
      return fail(`revision ${revision} is still to come`, { code: "refused" });
    }
    const found: StoreEntry[] = [];
    for (const [key, versions] of this.#keys) {
      if (!isInRange(range, key)) continue;
      const entry = revision === undefined
        ? versions.at(-1)?.entry
        : versions.findLast((version) => version.revision <= revision)?.entry;
      if (entry !== undefined) found.push(entry);
    }
    found.sort((a, b) => a.key < b.key ? -1 : 1);
    const next = found[limit]?.key;
    const entries = found.slice(0, limit);
    const shown = keysOnly ? entries.map((entry) => ({ ...entry, value: "" })) : entries;
    const page = { entries: shown, revision: revision ?? this.revision };
    return ok(next === undefined ? page : { ...page, next });
  }

  /** Hosts that say more than hosts do where they may write any number of keys. */
  sayingTooMuch(): readonly string[] {
    const hosts = new Set<string>();
    for (const row of openRows()) {
      const said = new Map<string, { keys: number; length: number }>();
      for (const [key, versions] of this.#keys) {
        const entry = versions.at(-1)?.entry;
        if (entry === undefined || !isInRange(row, key)) continue;
        const [host = ""] = key.slice(row.from.length).split("/", 1);
        const sum = said.get(host) ?? { keys: 0, length: 0 };
        sum.keys++;
        sum.length += key.length + entry.value.length;
        said.set(host, sum);
        if (isTooMuch(sum)) hosts.add(host);
      }
    }
    return [...hosts];
  }

  /** All or nothing, at one revision. */
  transact({ when, then, otherwise = [] }: StoreTransaction): Result<TransactionResult> {
    const succeeded = when.every((compare) => this.#holds(compare));
    const operations = succeeded ? then : otherwise;
    const problem = this.#problem(then) ?? this.#problem(otherwise) ?? this.#leaseGone(operations);
    if (problem !== undefined) return problem;
    const revision = this.revision + 1;
    const changes: KeyChange[] = [];
    const got: (StoreEntry | undefined)[] = [];
    for (const operation of operations) {
      if (operation.type === "get") got.push(this.get(operation.key));
      else if (operation.type === "put") changes.push(this.#put(operation, revision));
      else for (const key of this.#keysOf(operation)) changes.push(this.#delete(key, revision));
    }
    this.#record(changes, revision);
    return ok({ succeeded, revision: this.revision, got });
  }

  /** Makes a lease. */
  grant(id: string, ttlMs: number, now: number): Result<Lease> {
    this.#leases.set(id, { ttlMs, endsAt: now + ttlMs, keys: new Set() });
    return ok({ id, ttlMs });
  }

  /** Renews a lease. */
  keep(id: string, now: number): Result<Lease> {
    const lease = this.#leases.get(id);
    if (lease === undefined) return leaseGone(id);
    lease.endsAt = now + lease.ttlMs;
    return ok({ id, ttlMs: lease.ttlMs });
  }

  /** Ends a lease, and removes its keys. */
  revoke(id: string): Result<void> {
    const lease = this.#leases.get(id);
    if (lease === undefined) return leaseGone(id);
    this.#leases.delete(id);
    const revision = this.revision + 1;
    const keys = [...lease.keys].filter((key) => this.get(key)?.lease === id).sort();
    this.#record(keys.map((key) => this.#delete(key, revision)), revision);
    return ok(undefined);
  }

  /** The keys that go with a lease. */
  keysOfLease(id: string): readonly string[] {
    return [...this.#leases.get(id)?.keys ?? []];
  }

  /** Ends the leases whose time is over; says whether there were any. */
  expire(now: number): boolean {
    const over = [...this.#leases].filter(([, lease]) => lease.endsAt <= now);
    for (const [id] of over) this.revoke(id);
    return over.length > 0;
  }

  /** A new leader gives every lease its whole time again. */
  extendLeases(now: number): void {
    for (const lease of this.#leases.values()) lease.endsAt = now + lease.ttlMs;
  }

  /** What has changed in a range from a revision on, each revision whole. */
  changesSince(range: KeyRange, revision: number): readonly (readonly KeyChange[])[] | "compacted" {
    if (revision <= this.#compacted) return "compacted";
    // From the end: most ask for what has just happened.
    const last = this.#history.findLastIndex((changes) => changes[0]!.revision < revision);
    return this.#history.slice(last + 1)
      .map((changes) => changes.filter((change) => isInRange(range, change.key)))
      .filter((changes) => changes.length > 0);
  }

  /** Forgets what was before that revision. */
  compact(revision: number): void {
    this.#compacted = Math.max(this.#compacted, revision);
    this.#history = this.#history.filter((changes) => changes[0]!.revision > revision);
    for (const [key, versions] of this.#keys) {
      const first = versions.findLastIndex((version) => version.revision <= revision);
      const gone = first > 0 ? versions.splice(0, first) : [];
      for (const version of gone) this.bytes -= sizeOf(version);
      const [only] = versions;
      if (versions.length > 1 || only?.entry !== undefined) continue;
      this.#keys.delete(key);
      this.bytes -= KEY_BYTES;
    }
  }

  #holds(compare: Compare): boolean {
    const entry = this.get(compare.key);
    const equal = "create" in compare
      ? (entry?.createRevision ?? 0) === compare.create
      : "mod" in compare
      ? (entry?.modRevision ?? 0) === compare.mod
      : entry?.value === compare.value;
    // A comparison of values fails, also as `not`, where there is no value.
    if ("value" in compare && entry === undefined) return false;
    return compare.not === true ? !equal : equal;
  }

  #problem(operations: readonly StoreOperation[]): Result<never> | undefined {
    if (operations.length > MOST_OPERATIONS) {
      return fail("too many operations in one transaction", { code: "refused" });
    }
    const puts = operations.flatMap((each) => each.type === "put" ? [each.key] : []);
    const touched = (key: string) =>
      puts.filter((put) => put === key).length > 1 ||
      operations.some((each) =>
        each.type === "delete" && each.key === key ||
        each.type === "deleteRange" && isInRange(each.range, key)
      );
    if (puts.some(touched)) {
      return fail("a key is written twice in one transaction", { code: "refused" });
    }
    return undefined;
  }

  #leaseGone(operations: readonly StoreOperation[]): Result<never> | undefined {
    for (const each of operations) {
      if (each.type !== "put" || each.lease === undefined) continue;
      if (!this.#leases.has(each.lease)) return leaseGone(each.lease);
    }
    return undefined;
  }

  #keysOf(operation: StoreOperation & { type: "delete" | "deleteRange" }): string[] {
    const keys = operation.type === "delete"
      ? [operation.key]
      : [...this.#keys.keys()].filter((key) => isInRange(operation.range, key)).sort();
    return keys.filter((key) => this.get(key) !== undefined);
  }

  #put({ key, value, lease }: StoreOperation & { type: "put" }, revision: number): KeyChange {
    const before = this.get(key);
    if (before?.lease !== undefined) this.#leases.get(before.lease)?.keys.delete(key);
    if (lease !== undefined) this.#leases.get(lease)?.keys.add(key);
    const entry = {
      key,
      value,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
      ...(lease === undefined ? {} : { lease }),
    };
    this.#add(key, { revision, entry });
    return { key, entry, revision };
  }

  #delete(key: string, revision: number): KeyChange {
    const before = this.get(key);
    if (before?.lease !== undefined) this.#leases.get(before.lease)?.keys.delete(key);
    this.#add(key, { revision, entry: undefined });
    return { key, entry: undefined, revision };
  }

  #add(key: string, version: Version): void {
    const versions = this.#keys.get(key);
    this.bytes += sizeOf(version);
    if (versions === undefined) this.#keys.set(key, [version]);
    else versions.push(version);
  }

  #record(changes: KeyChange[], revision: number): void {
    if (changes.length === 0) return;
    this.revision = revision;
    this.#history.push(changes);
  }
}

function sizeOf({ entry }: Version): number {
  return KEY_BYTES + (entry?.value.length ?? 0);
}

function leaseGone(id: string): Result<never> {
  return fail(`there is no lease ${id}`, { code: "lease-gone" });
}

function compacted(revision: number): Result<never> {
  return fail(`revision ${revision} has been compacted`, { code: "compacted" });
}
