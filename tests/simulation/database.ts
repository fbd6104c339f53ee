/**
 * The database files of a modelled etcd: they grow with what is written, are given back only when a
 * member is defragmented, which serves nobody meanwhile, or starts, and at the quota of any of them
 * nothing more is taken.
 *
 * @module
 */

import { fail, ok, type Result } from "../../src/base/result.ts";
import type { StoreCall } from "../../src/cluster/agent/calls.ts";
import type { MemberStatus } from "../../src/cluster/store/store.ts";
import type { KeyValues } from "./key_values.ts";
import type { Chance } from "./random.ts";

/** So small that a flood of writes reaches it in a few seconds. */
const SMALL_QUOTA_BYTES = 1_000_000;
const LEASE_BYTES = 200;
const EMPTY_BYTES = 20_480;
/** A file grows by that part of the quota. */
const GROWS = 1 / 32;
/** Whose file has that part of the quota free gives it back when it starts. */
const MUCH_FREE = 1 / 16;

/** The databases of all members of one cluster. */
export class Databases {
  /** The alarm: etcd takes nothing more. */
  full = false;
  quotaBytes = SMALL_QUOTA_BYTES;
  readonly #data: KeyValues;
  readonly #chance: Chance;
  readonly #files = new Map<string, number>();
  readonly #busyUntil = new Map<string, number>();
  /** What members say that they use: they notice only with a write that less is used. */
  readonly #said = new Map<string, number>();

  constructor(data: KeyValues, chance: Chance) {
    this.#data = data;
    this.#chance = chance;
  }

  /** That member has all that is written. */
  grow(memberId: string): void {
    if (this.#used > (this.#said.get(memberId) ?? 0)) this.#said.set(memberId, this.#used);
    const file = this.#fileOf(memberId);
    if (this.#used <= file) return;
    const step = GROWS * this.quotaBytes;
    this.#files.set(memberId, Math.ceil(this.#used / step) * step);
  }

  /** It is being defragmented, and serves nobody. */
  isBusy(memberId: string, now: number): boolean {
    return (this.#busyUntil.get(memberId) ?? -Infinity) > now;
  }

  /** It was told to, and has not said yet that it is done. */
  isBegun(memberId: string): boolean {
    return this.#busyUntil.has(memberId);
  }

  /** Why that member does not take this; undefined: it does. */
  refuses(memberId: string, call: StoreCall): Result<never> | undefined {
    const bytes = costOf(call);
    if (bytes === 0) return undefined;
    if (this.#fileOf(memberId) + bytes >= this.quotaBytes) this.full = true;
    return this.full ? fail("database space exceeded", { code: "no-space" }) : undefined;
  }

  /** A write has come to all these: whose file is too large for it says so, though it took it. */
  applied(call: StoreCall, memberIds: readonly string[]): void {
    const bytes = costOf(call);
    if (bytes > 0) { for (const id of memberIds) this.#said.set(id, this.#used); }
    const isFull = (id: string) => this.#fileOf(id) + bytes >= this.quotaBytes;
    if (bytes > 0 && memberIds.some(isFull)) this.full = true;
  }

  /** Its process starts. */
  starts(memberId: string): void {
    this.#busyUntil.delete(memberId);
    this.#said.set(memberId, this.#used);
    const free = this.#fileOf(memberId) - this.#used;
    if (free >= MUCH_FREE * this.quotaBytes) this.#files.set(memberId, this.#used);
  }

  /** Begins to, or says that it is done; undefined: it goes on. */
  defragment(memberId: string, now: number): Result<void> | undefined {
    const until = this.#busyUntil.get(memberId);
    if (until === undefined) {
      this.#busyUntil.set(memberId, now + this.#chance.between(100, 4000));
      return undefined;
    }
    if (until > now) return undefined;
    this.#busyUntil.delete(memberId);
    this.#files.set(memberId, this.#used);
    this.#said.set(memberId, this.#used);
    return ok(undefined);
  }

  /** What a member says of it. */
  status(memberId: string) {
    return {
      databaseBytes: this.#fileOf(memberId),
      inUseBytes: this.#said.get(memberId) ?? this.#used,
      quotaBytes: this.quotaBytes,
      revision: this.#data.revision,
      alarms: this.full ? ["NOSPACE"] : [],
    } satisfies Partial<MemberStatus>;
  }

  get #used(): number {
    return EMPTY_BYTES + this.#data.bytes;
  }

  #fileOf(memberId: string): number {
    return this.#files.get(memberId) ?? EMPTY_BYTES;
  }
}

/** Only what writes costs: what deletes and reads goes on. */
function costOf(call: StoreCall): number {
  if (call.type === "grant") return LEASE_BYTES;
  if (call.type !== "transact") return 0;
  const { then, otherwise = [] } = call.transaction;
  return Math.max(
    ...[then, otherwise].map((operations) =>
      operations.reduce((sum, each) => sum + (each.type === "put" ? each.value.length + 200 : 0), 0)
    ),
  );
}
