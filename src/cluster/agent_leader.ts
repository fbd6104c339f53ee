/**
 * Who decides: the voter that holds `ctl/leader`. The key's create revision fences: whatever the
 * leader writes is written only while that very key is there.
 *
 * @module
 */

import type { Result } from "../base/result.ts";
import type { Contact } from "./agent_contact.ts";
import type { Ear } from "./agent_ear.ts";
import { Granting } from "./agent_granting.ts";
import { Rounds } from "./agent_rounds.ts";
import type { Desk } from "./desk.ts";
import { controlRanges, leaderKey, parseKey } from "./keys.ts";
import { read, shortened, write } from "./records.ts";
import type { Change, Entry, Lease, TransactionResult } from "./store.ts";

/** Without a sign of life for so long another may lead. */
export const LEADER_LEASE_MS = 10_000;
const KEEP_MS = 3000;
const RETRY_MS = 1000;
const DEADLINE_MS = 2000;
const SLOTS = ["leader grant", "leader take", "leader keep"];

/** Takes the lead when nobody has it, and leads until it is lost. */
export class Leader {
  readonly #desk: Desk;
  readonly #contact: Contact;
  #lease: string | undefined;
  /** One that is to end, and would by itself then. */
  #owed: { readonly lease: string; readonly until: number } | undefined;
  #giveBackAt = 0;
  #lostAt = -Infinity;
  #keepAt = -Infinity;
  #retryAt = -Infinity;
  #clearAt = -Infinity;
  #lacksSpace = false;
  /** By the range. */
  readonly #watches = new Map<string, number>();
  #rounds: Rounds | undefined;
  #granting: Granting | undefined;

  constructor(desk: Desk, contact: Contact) {
    this.#desk = desk;
    this.#contact = contact;
  }

  /** What is being done and why; undefined: this host does not lead. */
  get doing(): string | undefined {
    return this.#rounds?.doing;
  }

  /** This host leads. */
  get leads(): boolean {
    return this.#rounds !== undefined;
  }

  /** A change of members is under way. */
  get isChanging(): boolean {
    return this.#rounds?.isChanging === true;
  }

  /** It would lead, but the store is full, and a lease is a write, too. */
  get lacksSpace(): boolean {
    return this.#lacksSpace;
  }

  /** Takes the lead, keeps it, or gives it up; `rests`: decides nothing at the moment. */
  look(mayLead: boolean, ear: Ear, rests: boolean): void {
    const desk = this.#desk;
    if (this.#lease !== undefined && (!mayLead || desk.isDue(this.#lostAt))) this.resign();
    this.#giveBack();
    if (!mayLead || ear.leader !== undefined) this.#lacksSpace = false;
    if (!mayLead) return;
    this.#clear(ear.leader);
    if (this.#lease === undefined) this.#campaign(ear);
    else this.#keep(this.#lease);
    this.#granting?.look();
    if (this.#rounds?.look(rests) === "lost") this.resign();
  }

  /** Leads no more, and says so where it can. */
  resign(isStopping = false): void {
    const desk = this.#desk;
    for (const slot of SLOTS) desk.drop(slot);
    for (const watch of this.#watches.values()) desk.unwatch(watch);
    this.#watches.clear();
    if (this.#rounds !== undefined && !isStopping) {
      desk.tell("leads", { type: "leads", text: "leads the cluster no longer" });
    }
    this.#rounds?.end();
    this.#rounds = undefined;
    this.#granting?.end();
    this.#granting = undefined;
    if (this.#lease !== undefined) {
      this.#owed = { lease: this.#lease, until: desk.now + LEADER_LEASE_MS };
      this.#giveBackAt = desk.now;
      this.#giveBack();
    }
    this.#lease = undefined;
    this.#retryAt = desk.now + RETRY_MS;
  }

  /** Nobody leads while the key is there; whose own etcd has just ended needs another's for that. */
  #giveBack(): void {
    const desk = this.#desk;
    if (this.#owed === undefined || desk.isBusy("leader revoke")) return;
    const { lease, until } = this.#owed;
    if (desk.now >= until) return void (this.#owed = undefined);
    if (!desk.isDue(this.#giveBackAt)) return;
    desk.call("leader revoke", { type: "revoke", lease }, { deadlineMs: DEADLINE_MS }, (given) => {
      this.#giveBackAt = desk.now + RETRY_MS;
      if (given.ok) this.#owed = undefined;
    });
  }

  /** What no agent wrote would stand in everybody's way for ever: an agent's ends with its lease. */
  #clear(found: Entry | undefined): void {
    const desk = this.#desk;
    if (found === undefined || isLeaders(found)) return;
    if (desk.isBusy("leader clear") || !desk.isDue(this.#clearAt)) return;
    const { key, modRevision: mod, value } = found;
    const transaction = { when: [{ key, mod }], then: [{ type: "delete", key } as const] };
    const call = { type: "transact", transaction } as const;
    desk.call("leader clear", call, { deadlineMs: DEADLINE_MS }, (result) => {
      this.#clearAt = desk.now + RETRY_MS;
      if (!result.ok || !result.value.succeeded) return;
      const text = `removed ${key} (${shortened(value)}), which no host that leads has written`;
      desk.do({ type: "tell", news: { type: "warning", text } });
    });
  }

  #campaign(ear: Ear): void {
    const desk = this.#desk;
    if (!ear.hasHeard || ear.leader !== undefined || desk.isBusy("leader grant")) return;
    if (!desk.isDue(this.#retryAt)) return;
    const call = { type: "grant", ttlMs: LEADER_LEASE_MS } as const;
    const { now } = desk;
    desk.call(
      "leader grant",
      call,
      { deadlineMs: DEADLINE_MS },
      (result) => this.#take(result, now),
    );
  }

  #take(result: Result<Lease>, askedAt: number): void {
    const desk = this.#desk;
    this.#retryAt = desk.now + RETRY_MS;
    this.#lacksSpace = isRefusedRoom(result);
    if (!result.ok) return;
    const { id: lease, ttlMs } = result.value;
    this.#lease = lease;
    this.#lostAt = askedAt + ttlMs;
    this.#keepAt = askedAt + KEEP_MS;
    const key = leaderKey();
    const { host, patience: { deadMs } } = desk.settings;
    const value = write({ host, id: desk.disk.id, deadMs, ...desk.since(desk.now) });
    const transaction = {
      when: [{ key, create: 0 }],
      then: [{ type: "put", key, value, lease } as const],
    };
    const call = { type: "transact", transaction } as const;
    desk.call("leader take", call, { deadlineMs: DEADLINE_MS }, (taken) => this.#taken(taken));
  }

  #taken(result: Result<TransactionResult>): void {
    this.#lacksSpace = isRefusedRoom(result);
    if (!result.ok || !result.value.succeeded) return this.resign();
    const desk = this.#desk;
    const { revision } = result.value;
    const granting = new Granting(desk, revision);
    this.#granting = granting;
    this.#rounds = new Rounds(desk, this.#contact, revision, (entries, readAt) => {
      granting.heard(entries);
      this.#watch(readAt + 1);
    });
    this.#watch(revision + 1);
    desk.tell("leads", { type: "leads", text: `leads the cluster (${revision})` });
  }

  /** Watches what is not watched. A broken watch makes this leader slower until its next round. */
  #watch(fromRevision: number): void {
    for (const range of controlRanges()) {
      const name = range.from;
      if (this.#watches.has(name)) continue;
      const watch = this.#desk.watch(range, fromRevision, {
        changed: (changes) => this.#heard(changes),
        broken: () => {
          this.#watches.delete(name);
          this.#rounds?.wake();
        },
      });
      this.#watches.set(name, watch);
    }
  }

  #heard(changes: readonly Change[]): void {
    const types = new Set(changes.map(({ key }) => parseKey(key)?.type));
    if (types.delete("wanted")) this.#granting?.wake();
    types.delete("granted"); // by this leader
    if (types.size > 0) this.#rounds?.wake();
  }

  #keep(lease: string): void {
    const desk = this.#desk;
    if (desk.isBusy("leader keep") || !desk.isDue(this.#keepAt)) return;
    const { now } = desk;
    desk.call("leader keep", { type: "keep", lease }, { deadlineMs: DEADLINE_MS }, (result) => {
      if (result.ok) {
        this.#lostAt = now + result.value.ttlMs;
        this.#keepAt = now + KEEP_MS;
      } else if (result.failure.code === "lease-gone") this.resign();
      else this.#keepAt = desk.now + RETRY_MS;
    });
  }
}

function isRefusedRoom(result: Result<unknown>): boolean {
  return !result.ok && result.failure.code === "no-space";
}

/** A leader's key names a host, and goes with its lease. */
function isLeaders({ value, lease }: Entry): boolean {
  return lease !== undefined && read.leader(value) !== undefined;
}
