/**
 * What every host listens to: whether it has been asked to run etcd, who leads, and when the list of
 * members may have changed.
 *
 * @module
 */

import type { Result } from "../base/result.ts";
import type { Contact } from "./agent_contact.ts";
import type { Desk } from "./desk.ts";
import { claimKey, hostKeys, leaderKey, nominatedKey, operationKey, prefixRange } from "./keys.ts";
import { type NominationRecord, read } from "./records.ts";
import type { Change, Entry, TransactionResult } from "./store.ts";

/** Everything is read again that often, should a watch have died without a word. */
const AGAIN_MS = 30_000;
const RETRY_MS = 1000;
const DEADLINE_MS = 3000;

/** Hears of a key that this host keeps, as it was at that revision; undefined: it is not there. */
type OwnKeyListener = (key: string, entry: Entry | undefined, revision: number) => void;

/** What the ear hears and does not keep itself. */
export interface EarListener {
  readonly own: OwnKeyListener;
  /** Somebody asks whether this host's agent lives; undefined: nobody does. */
  readonly claim: (entry: Entry | undefined) => void;
}

/** Hears of changes that concern this host. */
export class Ear {
  readonly #desk: Desk;
  readonly #listener: EarListener;
  #watches: readonly number[] = [];
  #listenAt = -Infinity;
  #nomination: { record: NominationRecord; since: number; revision: number } | undefined;
  #leader: Entry | undefined;
  #heard = false;
  /** The store's revision when it was heard last. */
  #revision = 0;
  /** Since then something was not heard. */
  #missed = false;

  constructor(desk: Desk, listener: EarListener) {
    this.#desk = desk;
    this.#listener = listener;
  }

  /** The member this host is to run, and since when it knows. */
  get nomination(): { readonly record: NominationRecord; readonly since: number } | undefined {
    return this.#nomination;
  }

  /** The key of who leads; undefined: nobody does. */
  get leader(): Entry | undefined {
    return this.#leader;
  }

  /** The state above is what the store said, not merely nothing. */
  get hasHeard(): boolean {
    return this.#heard;
  }

  /** Reads and watches, again after a while or when a watch broke. */
  look(contact: Contact): void {
    const desk = this.#desk;
    if (desk.isBusy("ear") || !desk.isDue(this.#listenAt)) return;
    const { host } = desk.settings;
    const keys = [nominatedKey(host), leaderKey(), claimKey(host), ...hostKeys(host)];
    const then = keys.map((key) => ({ type: "get", key } as const));
    const call = { type: "transact", transaction: { when: [], then } } as const;
    desk.call("ear", call, { deadlineMs: DEADLINE_MS }, (result) => this.#hear(result, contact));
  }

  /** Listens to nothing any more. */
  end(): void {
    for (const watch of this.#watches) this.#desk.unwatch(watch);
    this.#watches = [];
    this.#heard = false;
    this.#listenAt = -Infinity;
  }

  #hear(result: Result<TransactionResult>, contact: Contact): void {
    const desk = this.#desk;
    for (const watch of this.#watches) desk.unwatch(watch);
    this.#watches = [];
    if (!result.ok) {
      this.#missed = true;
      this.#listenAt = desk.now + RETRY_MS;
      return;
    }
    const { got: [nomination, leader, claim, ...own], revision } = result.value;
    // A cluster that was recovered, or whose disks were set back, has forgotten what was written last.
    if (this.#missed || revision < this.#revision) desk.do({ type: "compare" });
    this.#missed = false;
    this.#revision = revision;
    this.#nominated(nomination);
    this.#leader = leader;
    this.#heard = true;
    this.#listenAt = desk.now + AGAIN_MS;
    const { host } = desk.settings;
    const keys = hostKeys(host);
    for (const [index, entry] of own.entries()) {
      this.#listener.own(keys[index]!, entry, revision);
    }
    this.#listener.claim(claim);
    const ranges = [
      ...[nominatedKey(host), claimKey(host), ...hostKeys(host)].map((key) => ({
        from: key,
        to: `${key}\0`,
      })),
      prefixRange(leaderKey()),
      prefixRange(operationKey()),
    ];
    const changed = (changes: readonly Change[]) => this.#changed(changes, contact);
    const broken = () => {
      this.#missed = true;
      this.#listenAt = Math.min(this.#listenAt, desk.now + RETRY_MS);
    };
    this.#watches = ranges.map((range) => desk.watch(range, revision + 1, { changed, broken }));
  }

  #changed(changes: readonly Change[], contact: Contact): void {
    for (const { key, entry, revision } of changes) {
      this.#revision = Math.max(this.#revision, revision);
      if (this.#isOwn(key)) {
        this.#listener.own(key, entry, revision);
        continue;
      }
      if (key === claimKey(this.#desk.settings.host)) {
        this.#listener.claim(entry);
        continue;
      }
      if (key === nominatedKey(this.#desk.settings.host)) this.#nominated(entry);
      else if (key === leaderKey()) this.#leader = entry;
      contact.refresh();
    }
  }

  #isOwn(key: string): boolean {
    return hostKeys(this.#desk.settings.host).includes(key);
  }

  #nominated(entry: Entry | undefined): void {
    const record = read.nomination(entry?.value);
    const revision = entry?.modRevision ?? 0;
    if (this.#nomination?.revision === revision) return;
    this.#nomination = record && { record, since: this.#desk.now, revision };
  }
}
