/**
 * Who decides: the voter that holds `ctl/leader`. The key's create revision fences: whatever the
 * leader writes is written only while that very key is there.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { MembershipView } from "./membership_view.ts";
import type { KeyWatcher } from "./key_watcher.ts";
import { EvictionClearing } from "./eviction_clearing.ts";
import { JoinGranting } from "./join_granting.ts";
import { PlaceGranting } from "./place_granting.ts";
import { OperatorEnding } from "./operator_ending.ts";
import { RenewalGranting } from "./renewal_granting.ts";
import { RightsKeeping } from "./rights_keeping.ts";
import { RotationKeeping } from "./rotation_keeping.ts";
import { LeaderLoop } from "./leader_loop.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { controlRanges, leaderKey, parseKey } from "../store/keys.ts";
import type { View } from "../leader/view.ts";
import { read, shortened, write } from "../store/records.ts";
import type { KeyChange, Lease, StoreEntry, TransactionResult } from "../store/store.ts";

/** Without a sign of life for so long another may lead. */
const LEADER_LEASE_MS = 10_000;
const KEEP_MS = 3000;
const RETRY_MS = 1000;
/** Who leaves the lead to another takes it again only when nobody has for so long, and keeps it then. */
const YIELD_MS = 20_000;
const YIELDED_MS = 300_000;
const DEADLINE_MS = 2000;
const SLOTS = ["leader grant", "leader take", "leader keep"];

/** What a leader does about one thing, in one transaction after the other. */
interface LeaderDuty {
  /** All that a round has read, what the leader sees in it, and the revision of the store then, or before. */
  heard(entries: readonly StoreEntry[], view: View, revision: number): void;
  /** Does the next thing, if there is one and it is time. */
  look(): void;
  /** Another is to lead. */
  readonly yields?: boolean;
  /** Nothing of it goes on. */
  end(): void;
}

/** Takes the lead when nobody has it, and leads until it is lost. */
export class Leadership {
  readonly #queue: EffectQueue;
  readonly #contact: MembershipView;
  #lease: string | undefined;
  /** One that is to end, and would by itself then. */
  #owed: { readonly lease: string; readonly until: number } | undefined;
  #giveBackAt = 0;
  #lostAt = -Infinity;
  #keepAt = -Infinity;
  #retryAt = -Infinity;
  #clearAt = -Infinity;
  /** Before that it does not leave the lead again: nobody else would lead for long. */
  #yieldsAt = -Infinity;
  #lacksSpace = false;
  /** By the range. */
  readonly #watches = new Map<string, number>();
  #rounds: LeaderLoop | undefined;
  #granting: PlaceGranting | undefined;
  /** What it does beside its rounds, in this order. */
  #duties: readonly LeaderDuty[] = [];

  constructor(queue: EffectQueue, contact: MembershipView) {
    this.#queue = queue;
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
  look(mayLead: boolean, keyWatcher: KeyWatcher, rests: boolean): void {
    const queue = this.#queue;
    if (this.#lease !== undefined && (!mayLead || queue.isDue(this.#lostAt))) this.resign();
    this.#giveBack();
    if (!mayLead || keyWatcher.leader !== undefined) this.#lacksSpace = false;
    if (!mayLead) return;
    this.#clear(keyWatcher.leader);
    if (this.#lease === undefined) this.#campaign(keyWatcher);
    else this.#keep(this.#lease);
    for (const duty of this.#duties) duty.look();
    const yields = this.#yieldsAt <= queue.now && this.#duties.some((duty) => duty.yields === true);
    if (yields || this.#rounds?.look(rests) === "lost") this.resign();
    if (!yields) return;
    this.#retryAt = queue.now + YIELD_MS;
    this.#yieldsAt = queue.now + YIELDED_MS;
  }

  /** Leads no more, and says so where it can. */
  resign(isStopping = false): void {
    const queue = this.#queue;
    for (const slot of SLOTS) queue.drop(slot);
    for (const watch of this.#watches.values()) queue.unwatch(watch);
    this.#watches.clear();
    if (this.#rounds !== undefined && !isStopping) {
      queue.tell("leads", { what: "leads-no-longer" });
    }
    this.#rounds?.end();
    this.#rounds = undefined;
    for (const duty of this.#duties) duty.end();
    this.#duties = [];
    this.#granting = undefined;
    if (this.#lease !== undefined) {
      this.#owed = { lease: this.#lease, until: queue.now + LEADER_LEASE_MS };
      this.#giveBackAt = queue.now;
      this.#giveBack();
    }
    this.#lease = undefined;
    this.#retryAt = queue.now + RETRY_MS;
  }

  /** Nobody leads while the key is there; whose own etcd has just ended needs another's for that. */
  #giveBack(): void {
    const queue = this.#queue;
    if (this.#owed === undefined || queue.isBusy("leader revoke")) return;
    const { lease, until } = this.#owed;
    if (queue.now >= until) return void (this.#owed = undefined);
    if (!queue.isDue(this.#giveBackAt)) return;
    queue.call("leader revoke", { type: "revoke", lease }, { deadlineMs: DEADLINE_MS }, (given) => {
      this.#giveBackAt = queue.now + RETRY_MS;
      if (given.ok) this.#owed = undefined;
    });
  }

  /** What no agent wrote would stand in everybody's way for ever: an agent's ends with its lease. */
  #clear(found: StoreEntry | undefined): void {
    const queue = this.#queue;
    if (found === undefined || isLeaders(found)) return;
    if (queue.isBusy("leader clear") || !queue.isDue(this.#clearAt)) return;
    const { key, modRevision: mod, value } = found;
    const transaction = { when: [{ key, mod }], then: [{ type: "delete", key } as const] };
    const call = { type: "transact", transaction } as const;
    queue.call("leader clear", call, { deadlineMs: DEADLINE_MS }, (result) => {
      this.#clearAt = queue.now + RETRY_MS;
      if (!result.ok || !result.value.succeeded) return;
      const news = { what: "strange-key", key, value: shortened(value), is: "leader" } as const;
      queue.do({ type: "tell", news });
    });
  }

  #campaign(keyWatcher: KeyWatcher): void {
    const queue = this.#queue;
    if (!keyWatcher.hasHeard || keyWatcher.leader !== undefined || queue.isBusy("leader grant")) {
      return;
    }
    if (!queue.isDue(this.#retryAt)) return;
    const call = { type: "grant", ttlMs: LEADER_LEASE_MS } as const;
    const { now } = queue;
    queue.call(
      "leader grant",
      call,
      { deadlineMs: DEADLINE_MS },
      (result) => this.#take(result, now),
    );
  }

  #take(result: Result<Lease>, askedAt: number): void {
    const queue = this.#queue;
    this.#retryAt = queue.now + RETRY_MS;
    this.#lacksSpace = isRefusedRoom(result);
    if (!result.ok) return;
    const { id: lease, ttlMs } = result.value;
    this.#lease = lease;
    this.#lostAt = askedAt + ttlMs;
    this.#keepAt = askedAt + KEEP_MS;
    const key = leaderKey();
    const { host, patience: { deadMs } } = queue.settings;
    const value = write({ host, id: queue.disk.id, deadMs, ...queue.since(queue.now) });
    const transaction = {
      when: [{ key, create: 0 }],
      then: [{ type: "put", key, value, lease } as const],
    };
    const call = { type: "transact", transaction } as const;
    queue.call("leader take", call, { deadlineMs: DEADLINE_MS }, (taken) => this.#taken(taken));
  }

  #taken(result: Result<TransactionResult>): void {
    this.#lacksSpace = isRefusedRoom(result);
    if (!result.ok || !result.value.succeeded) return this.resign();
    const queue = this.#queue;
    const { revision } = result.value;
    const granting = new PlaceGranting(queue, revision);
    this.#granting = granting;
    const ofRights = [
      ...[RightsKeeping, EvictionClearing, JoinGranting, OperatorEnding, RenewalGranting],
      RotationKeeping,
    ];
    const kept = queue.settings.keepsRights === true ? ofRights : [];
    const ofLeader = kept.map((Duty) => new Duty(queue, revision));
    const duties = [granting, ...ofLeader];
    this.#duties = duties;
    this.#rounds = new LeaderLoop(queue, this.#contact, revision, {
      read: (entries, view, readAt) => {
        for (const duty of duties) duty.heard(entries, view, readAt);
        this.#watch(readAt + 1);
      },
      readWho: (entries) => {
        for (const duty of ofLeader) if (duty instanceof RightsKeeping) duty.heardWho(entries);
      },
    });
    this.#watch(revision + 1);
    queue.tell("leads", { what: "leads", revision });
  }

  /** Watches what is not watched. A broken watch makes this leader slower until its next round. */
  #watch(fromRevision: number): void {
    for (const range of controlRanges()) {
      const name = range.from;
      if (this.#watches.has(name)) continue;
      const watch = this.#queue.watch(range, fromRevision, {
        changed: (changes) => this.#heard(changes),
        broken: () => {
          this.#watches.delete(name);
          this.#rounds?.wake();
        },
      });
      this.#watches.set(name, watch);
    }
  }

  #heard(changes: readonly KeyChange[]): void {
    const types = new Set(changes.map(({ key }) => parseKey(key)?.type));
    if (types.delete("wanted")) this.#granting?.wake();
    types.delete("granted"); // by this leader
    if (types.size > 0) this.#rounds?.wake();
  }

  #keep(lease: string): void {
    const queue = this.#queue;
    if (queue.isBusy("leader keep") || !queue.isDue(this.#keepAt)) return;
    const { now } = queue;
    queue.call("leader keep", { type: "keep", lease }, { deadlineMs: DEADLINE_MS }, (result) => {
      if (result.ok) {
        this.#lostAt = now + result.value.ttlMs;
        this.#keepAt = now + KEEP_MS;
      } else if (result.failure.code === "lease-gone") this.resign();
      else this.#keepAt = queue.now + RETRY_MS;
    });
  }
}

function isRefusedRoom(result: Result<unknown>): boolean {
  return !result.ok && result.failure.code === "no-space";
}

/** A leader's key names a host, and goes with its lease. */
function isLeaders({ value, lease }: StoreEntry): boolean {
  return lease !== undefined && read.leader(value) !== undefined;
}
