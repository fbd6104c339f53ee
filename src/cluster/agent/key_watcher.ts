/**
 * What every host listens to: whether it has been asked to run etcd, who leads, and when the list of
 * members may have changed.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { MembershipView } from "./membership_view.ts";
import type { EffectQueue } from "./effect_queue.ts";
import {
  certificateKey,
  claimKey,
  hostKeys,
  keyRange,
  leaderKey,
  nominatedKey,
  operationKey,
  revokedKey,
  rollingKey,
} from "../store/keys.ts";
import { type NominationRecord, read, type RollingRecord } from "../store/records.ts";
import type { KeyChange, StoreEntry, TransactionResult } from "../store/store.ts";

/** Everything is read again that often, should a watch have died without a word. */
const AGAIN_MS = 30_000;
const RETRY_MS = 1000;
const DEADLINE_MS = 3000;

/** Hears of a key that this host keeps, as it was at that revision; undefined: it is not there. */
type OwnKeyListener = (key: string, entry: StoreEntry | undefined, revision: number) => void;

/** What the watcher of the own keys hears and does not keep itself. */
export interface KeyListener {
  readonly own: OwnKeyListener;
  /** Somebody asks whether this host's agent lives; undefined: nobody does. */
  readonly claim: (entry: StoreEntry | undefined) => void;
  /** Who was cast out, where this host may do everything; elsewhere what the cluster says of its certificate. */
  readonly trust: (entry: StoreEntry | undefined) => void;
}

/** Hears of changes that concern this host. */
export class KeyWatcher {
  readonly #queue: EffectQueue;
  readonly #listener: KeyListener;
  #watches: readonly number[] = [];
  #listenAt = -Infinity;
  #nomination: { record: NominationRecord; since: number; revision: number } | undefined;
  #leader: StoreEntry | undefined;
  #rolling: RollingRecord | undefined;
  /** Who runs etcd listens to what members are asked, too, from its next look on: others may not read it. */
  #isMember = false;
  #heard = false;
  /** The store's revision when it was heard last. */
  #revision = 0;
  /** Since then something was not heard. */
  #missed = false;

  constructor(queue: EffectQueue, listener: KeyListener) {
    this.#queue = queue;
    this.#listener = listener;
  }

  /** The member this host is to run, and since when it knows. */
  get nomination(): { readonly record: NominationRecord; readonly since: number } | undefined {
    return this.#nomination;
  }

  /** The key of who leads; undefined: nobody does. */
  get leader(): StoreEntry | undefined {
    return this.#leader;
  }

  /** What members are asked to run with, as far as this host is one. */
  get rolling(): RollingRecord | undefined {
    return this.#rolling;
  }

  /** The state above is what the store said, not merely nothing. */
  get hasHeard(): boolean {
    return this.#heard;
  }

  /** Reads and watches, again after a while or when a watch broke. */
  look(contact: MembershipView): void {
    const queue = this.#queue;
    const isMember = queue.disk.member !== undefined;
    if (queue.isBusy("keyWatcher") || !queue.isDue(this.#listenAt)) return;
    this.#isMember = isMember;
    const { host } = queue.settings;
    const keys = [
      ...[nominatedKey(host), leaderKey(), claimKey(host), ...hostKeys(host)],
      ...this.#trustKeys,
      ...(isMember ? [rollingKey()] : []),
    ];
    const then = keys.map((key) => ({ type: "get", key } as const));
    const call = { type: "transact", transaction: { when: [], then } } as const;
    queue.call(
      "keyWatcher",
      call,
      { deadlineMs: DEADLINE_MS },
      (result) => this.#hear(result, contact),
    );
  }

  /** Listens to nothing any more. */
  end(): void {
    for (const watch of this.#watches) this.#queue.unwatch(watch);
    this.#watches = [];
    this.#heard = false;
    this.#listenAt = -Infinity;
  }

  #hear(result: Result<TransactionResult>, contact: MembershipView): void {
    const queue = this.#queue;
    for (const watch of this.#watches) queue.unwatch(watch);
    this.#watches = [];
    if (!result.ok) {
      this.#missed = true;
      this.#listenAt = queue.now + RETRY_MS;
      return;
    }
    const { got: [nomination, leader, claim, ...own], revision } = result.value;
    // A cluster that was recovered, or whose disks were set back, has forgotten what was written last.
    if (this.#missed || revision < this.#revision) queue.do({ type: "compare" });
    this.#missed = false;
    this.#revision = revision;
    this.#nominated(nomination);
    this.#leader = leader;
    this.#heard = true;
    this.#listenAt = queue.now + AGAIN_MS;
    const { host } = queue.settings;
    const keys = hostKeys(host);
    for (const [index, key] of keys.entries()) this.#listener.own(key, own[index], revision);
    const more = own.slice(keys.length);
    for (const _ of this.#trustKeys) this.#listener.trust(more.shift());
    this.#rolling = this.#isMember ? read.rolling(more.shift()?.value) : undefined;
    this.#listener.claim(claim);
    const ranges = [
      ...[nominatedKey(host), claimKey(host), ...hostKeys(host), leaderKey()].map(keyRange),
      this.#isMember
        ? { from: operationKey(), to: keyRange(rollingKey()).to }
        : keyRange(operationKey()),
      ...this.#trustKeys.map(keyRange),
    ];
    const changed = (changes: readonly KeyChange[]) => this.#changed(changes, contact);
    const broken = () => {
      this.#missed = true;
      this.#listenAt = Math.min(this.#listenAt, queue.now + RETRY_MS);
    };
    this.#watches = ranges.map((range) => queue.watch(range, revision + 1, { changed, broken }));
  }

  #changed(changes: readonly KeyChange[], contact: MembershipView): void {
    for (const { key, entry, revision } of changes) {
      this.#revision = Math.max(this.#revision, revision);
      if (this.#isOwn(key)) {
        this.#listener.own(key, entry, revision);
        continue;
      }
      if (key === claimKey(this.#queue.settings.host)) {
        this.#listener.claim(entry);
        continue;
      }
      if (this.#trustKeys.includes(key)) {
        this.#listener.trust(entry);
        continue;
      }
      if (key === nominatedKey(this.#queue.settings.host)) this.#nominated(entry);
      else if (key === leaderKey()) this.#leader = entry;
      else if (key === rollingKey()) this.#rolling = read.rolling(entry?.value);
      contact.refresh();
    }
  }

  /** Where the cluster has rights. */
  get #trustKeys(): readonly string[] {
    const { host, keepsRights } = this.#queue.settings;
    if (keepsRights === undefined) return [];
    return [keepsRights ? revokedKey() : certificateKey(host)];
  }

  #isOwn(key: string): boolean {
    return hostKeys(this.#queue.settings.host).includes(key);
  }

  #nominated(entry: StoreEntry | undefined): void {
    const record = read.nomination(entry?.value);
    const revision = entry?.modRevision ?? 0;
    if (this.#nomination?.revision === revision) return;
    this.#nomination = record && { record, since: this.#queue.now, revision };
  }
}
