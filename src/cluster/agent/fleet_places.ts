/**
 * The places in semaphores of the fleet that this host wants and holds. One is held from when the
 * leader has given it until it is given back, as long as the lease with which it was wanted lasts, by
 * this host's own clock: it ends here some seconds before the leader may give it to another, so that
 * what is under way can be stopped by then.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Result } from "../../base/result.ts";
import type { PlaceRequest } from "./io.ts";
import { type Listed, PlaceWatcher } from "./place_watcher.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { electionOf } from "../leader/elections.ts";
import { wantedKey } from "../store/keys.ts";
import { write } from "../store/records.ts";
import type { LeaseId, StoreOperation, TransactionResult } from "../store/store.ts";

/** A command has two seconds to end; the rest is for slow machines and clocks. */
const STOP_MS = 4000;
const RETRY_MS = 1000;
const DEADLINE_MS = 3000;
/** After that an election without a leader, say, is nothing to ask for every second. */
const UNDECIDED_MS = 15_000;
/** Operations of one transaction. */
const MOST_WRITES = 40;
/** Hosts that a line names. */
const NAMED = 5;

/** The lease under which this host says that it is there. */
export interface HostLease {
  readonly lease: LeaseId;
  /** It lasts until then at least, by the own clock. */
  readonly until: number;
  /** The name is this host's: it may ask for something. */
  readonly registered: boolean;
}

/**
 * One place that is wanted here. `lost`: it was held, and what is done under it has to stop; `without`:
 * whoever wants it goes on without.
 */
interface WantedPlace extends PlaceRequest {
  readonly since: number;
  state: "waits" | "held" | "lost" | "without";
  said: string | undefined;
}

/** A key in the store, or soon there. */
interface PlaceQuestion {
  readonly id: string;
  readonly lease: LeaseId | undefined;
  readonly wish: Pick<PlaceRequest, "name" | "size" | "resource">;
  /** Undefined: nobody wants it any more. */
  want: WantedPlace | undefined;
  /** Whether it is there; unsure: a write is under way, or had no answer. */
  state: "unwritten" | "unsure" | "there";
  /** At which revision it was written, and given; 0: not that we know. */
  writtenAt: number;
  givenAt: number;
}

/** What this host wants of the fleet. */
export class HeldFleetPlaces {
  readonly #queue: EffectQueue;
  readonly #keyWatcher: PlaceWatcher;
  readonly #wants = new Map<number, WantedPlace>();
  readonly #asks = new Map<string, PlaceQuestion>();
  #lease: LeaseId | undefined;
  #retryAt = -Infinity;
  /** Since when nobody could be asked. */
  #awaySince: number | undefined;

  constructor(queue: EffectQueue) {
    this.#queue = queue;
    this.#keyWatcher = new PlaceWatcher(queue, {
      given: (id, revision) => this.#given(id, revision),
      taken: (id, revision) => this.#taken(id, revision),
      wanted: (id, lease) => this.#found(id, lease),
      unwanted: (id, revision) => this.#unwanted(id, revision),
      listed: (listed) => this.#listed(listed),
    });
  }

  /** Something may be done under a place: whoever would end the lease at once must not. */
  get holds(): boolean {
    return [...this.#wants.values()].some(({ state }) => state === "held" || state === "lost");
  }

  /** A place is wanted. */
  want(wish: PlaceRequest): void {
    const since = this.#queue.now;
    this.#wants.set(wish.want, { ...wish, since, state: "waits", said: undefined });
  }

  /** It is not wanted any more: nothing is done under it from now on. */
  unwant(want: number): void {
    this.#wants.delete(want);
    for (const ask of this.#asks.values()) if (ask.want?.want === want) ask.want = undefined;
  }

  /** Asks, gives back, and ends what has lasted too long; `away`: why nobody could be asked. */
  look(lease: HostLease | undefined, away: string | undefined): void {
    this.#lease = lease?.lease;
    this.#expire(lease);
    this.#wait(away);
    if (lease === undefined || this.#wants.size + this.#asks.size === 0) return;
    this.#hold(lease);
    this.#ask(lease);
    this.#write(lease);
    this.#keyWatcher.look(this.#wants.size > 0, this.#isUndecided());
    if (away === undefined) this.#sayHolders();
  }

  /** What was asked for under another lease is gone with that. */
  #expire(lease: HostLease | undefined): void {
    for (const ask of [...this.#asks.values()]) {
      if (ask.lease === lease?.lease) continue;
      this.#asks.delete(ask.id);
      this.#lose(ask.want, "the cluster takes this host for dead by now");
    }
    const isHeld = [...this.#wants.values()].some(({ state }) => state === "held");
    if (!isHeld || lease === undefined || !this.#queue.isDue(lease.until - STOP_MS)) return;
    for (const want of this.#wants.values()) this.#lose(want, "no contact with the cluster");
  }

  /** Without a cluster there is an end to the waiting, for who may go on without a place. */
  #wait(away: string | undefined): void {
    const queue = this.#queue;
    this.#awaySince = away === undefined || this.#wants.size === 0
      ? undefined
      : this.#awaySince ?? queue.now;
    if (away === undefined || this.#awaySince === undefined) return;
    for (const want of this.#wants.values()) {
      if (want.state !== "waits") continue;
      this.#tell(want, away);
      const since = Math.max(this.#awaySince, want.since);
      if (!want.mayGo || !queue.isDue(since + (queue.settings.waitMs ?? 0))) continue;
      want.state = "without";
      queue.do({ type: "place", want: want.want, is: "without", why: away });
    }
  }

  /** What was given is held, where the lease lasts long enough to stop in time. */
  #hold({ until }: HostLease): void {
    if (this.#queue.now >= until - STOP_MS) return;
    for (const { want, givenAt } of this.#asks.values()) {
      if (want?.state !== "waits" || givenAt === 0) continue;
      want.state = "held";
      this.#queue.isDue(until - STOP_MS);
      this.#queue.do({ type: "place", want: want.want, is: "held" });
    }
  }

  /** As many asks for one semaphore as it has places: the others of this host have their turn later. */
  #ask({ lease, registered }: HostLease): void {
    if (!registered) return;
    const counts = new Map<string, number>();
    const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const { wish } of this.#asks.values()) count(wish.name);
    const asked = new Set([...this.#asks.values()].map(({ want }) => want));
    for (const want of this.#wants.values()) {
      const most = Math.min(want.size, LIMITS.fleetPlaces);
      if (want.state !== "waits" || asked.has(want)) continue;
      if ((counts.get(want.name) ?? 0) >= most) continue;
      const id = this.#queue.hex(8);
      const ask = { id, lease, wish: want, want, writtenAt: 0, givenAt: 0 };
      this.#asks.set(id, { ...ask, state: "unwritten" });
      count(want.name);
    }
  }

  /** One transaction at a time, so that what is wanted last is what is there. */
  #write({ lease }: HostLease): void {
    const queue = this.#queue;
    for (const { id, want, state } of [...this.#asks.values()]) {
      if (want === undefined && state === "unwritten") this.#asks.delete(id);
    }
    const open = [...this.#asks.values()].filter(({ want, state }) =>
      want === undefined || state !== "there"
    ).slice(0, MOST_WRITES);
    if (open.length === 0 || queue.isBusy("places write") || !queue.isDue(this.#retryAt)) return;
    const gone = new Set(open.filter(({ want }) => want === undefined));
    const then = open.map((ask): StoreOperation => {
      const key = wantedKey(queue.settings.host, ask.id);
      if (gone.has(ask)) return { type: "delete", key };
      const { name, size, resource } = ask.wish;
      return { type: "put", key, value: write({ name, size, resource }), lease };
    });
    for (const ask of open) ask.state = "unsure";
    const call = { type: "transact", transaction: { when: [], then } } as const;
    queue.call("places write", call, { deadlineMs: DEADLINE_MS }, (result) => {
      this.#wrote(result, open, gone);
    });
  }

  #wrote(
    result: Result<TransactionResult>,
    open: readonly PlaceQuestion[],
    gone: ReadonlySet<PlaceQuestion>,
  ): void {
    if (!result.ok) {
      this.#retryAt = this.#queue.now + RETRY_MS;
      return;
    }
    const { revision } = result.value;
    this.#keyWatcher.heed(revision);
    for (const ask of open) {
      if (gone.has(ask)) this.#asks.delete(ask.id);
      else {
        ask.state = "there";
        ask.writtenAt = revision;
      }
    }
  }

  #given(id: string, revision: number): void {
    const ask = this.#asks.get(id);
    if (ask !== undefined) ask.givenAt = revision;
  }

  /** By hand: the leader takes nothing that is wanted. */
  #taken(id: string, revision: number): void {
    const ask = this.#asks.get(id);
    if (ask === undefined || ask.givenAt === 0 || ask.givenAt > revision) return;
    ask.givenAt = 0;
    this.#lose(ask.want, "its place was taken away");
  }

  /** By hand, too: who still waits asks again. */
  #unwanted(id: string, revision: number): void {
    const ask = this.#asks.get(id);
    if (ask?.state !== "there" || ask.writtenAt > revision) return;
    this.#asks.delete(id);
    this.#lose(ask.want, "its place was taken away");
  }

  /** A write that came late, when nobody wanted that any more, would hold a place for ever. */
  #found(id: string, lease: LeaseId | undefined): void {
    if (this.#asks.has(id) || lease === undefined || lease !== this.#lease) return;
    const wish = { name: "", size: 1, resource: "" };
    const ask = { id, lease, wish, want: undefined, writtenAt: 0, givenAt: 0 };
    this.#asks.set(id, { ...ask, state: "unsure" });
  }

  #listed({ wanted, wantedAt, given, givenAt }: Listed): void {
    for (const [id, lease] of wanted) this.#found(id, lease);
    for (const { id } of [...this.#asks.values()]) {
      if (given.has(id)) this.#given(id, givenAt);
      else this.#taken(id, givenAt);
      if (!wanted.has(id)) this.#unwanted(id, wantedAt);
    }
  }

  #lose(want: WantedPlace | undefined, why: string): void {
    if (want?.state !== "held") return;
    want.state = "lost";
    this.#queue.do({ type: "place", want: want.want, is: "lost", why });
  }

  /** Of an election somebody waits to hear whether it is lost. */
  #isUndecided(): boolean {
    return [...this.#wants.values()].some((want) =>
      want.state === "waits" && electionOf(want.name) !== undefined && !this.#isTaken(want) &&
      this.#queue.now < want.since + UNDECIDED_MS
    );
  }

  #isTaken({ name, size }: WantedPlace): boolean {
    return (this.#keyWatcher.holders.get(name)?.length ?? 0) >= size;
  }

  #sayHolders(): void {
    for (const want of this.#wants.values()) {
      const holders = this.#keyWatcher.holders.get(want.name);
      if (want.state !== "waits" || holders === undefined) continue;
      this.#tell(want, blockedBy(holders), this.#isTaken(want));
    }
  }

  #tell(want: WantedPlace, why: string, isTaken = false): void {
    const said = `${why}${isTaken ? "." : ""}`;
    if (want.said === said) return;
    want.said = said;
    const taken = isTaken ? { isTaken } as const : {};
    this.#queue.do({ type: "place", want: want.want, is: "waits", why, ...taken });
  }
}

function blockedBy(hosts: readonly string[]): string {
  const names = [...new Set(hosts)];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `held by ${names.slice(0, NAMED).join(", ")}${more}`;
}
