/**
 * The leader's rounds: read everything, decide, do one thing, and again. Woken by changes; looks by
 * itself every two seconds, because no watch tells of a member that falls silent.
 *
 * @module
 */

import { failure, type Result } from "../../base/result.ts";
import { type ActionContext, carryOut } from "./leader_actions.ts";
import type { MembershipView } from "./membership_view.ts";
import { type Sorted, sortEntries } from "../leader/sorted_entries.ts";
import { makeView, Observations, type Reading } from "../leader/view_builder.ts";
import { MOST_NAMES } from "../leader/joins.ts";
import { decide } from "../leader/decide.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { controlRangesWithoutJoins, joinsRange } from "../store/join_keys.ts";
import { controlRanges, idealSizeKey, leaderKey } from "../store/keys.ts";
import { openRows, whoRanges } from "../store/rights.ts";
import { DEFAULT_SIZE, unreadableSize } from "../store/records.ts";
import type { View } from "../leader/view.ts";
import type { Member, Members, MemberStatus, RangePage, StoreEntry } from "../store/store.ts";

const ROUND_MS = 2000;
const RETRY_MS = 500;
/** Changes that come together are looked at together. */
const GATHER_MS = 5;
const DEADLINE_MS = 2000;
const PROBE_MS = 1000;
/** So long without a whole reading, and it is seen to; people are told so often. */
const BLIND_MS = 10_000;
const WARN_MS = 60_000;
/** What was read longer ago is read again before anything is done. */
const OLD_MS = 4000;

/** Who hears of what rounds read. */
export interface LeaderLoopListener {
  /** Of all that a round has read, and what that means; the oldest of it is of that revision. */
  readonly read: (entries: readonly StoreEntry[], view: View, revision: number) => void;
  /** Of what says who may do what, by itself: it is known also where a host says too much for the rest. */
  readonly readWho: (entries: readonly StoreEntry[]) => void;
}

/** What a round collects. */
interface Gathering {
  readonly startedAt: number;
  waiting: number;
  failed: boolean;
  entries: StoreEntry[];
  revision: number;
  members: readonly Member[];
  statuses: Map<string, MemberStatus>;
}

/** One leadership: reads, decides, acts. */
export class LeaderLoop {
  readonly #queue: EffectQueue;
  readonly #contact: MembershipView;
  readonly #fence: number;
  readonly #listener: LeaderLoopListener;
  readonly #observations = new Observations();
  readonly #context: ActionContext;
  #gathering: Gathering | undefined;
  #acting = false;
  #nextAt = -Infinity;
  #lost = false;
  #slots = new Set<string>();
  #isChanging = true;
  #warnAt = -Infinity;
  #hasNamed = false;
  #clearAt = -Infinity;
  /** When all was read last. */
  #readAt: number;
  #doing = "has just begun to lead";

  constructor(
    queue: EffectQueue,
    contact: MembershipView,
    fence: number,
    listener: LeaderLoopListener,
  ) {
    this.#queue = queue;
    this.#contact = contact;
    this.#fence = fence;
    this.#readAt = queue.now;
    this.#listener = listener;
    this.#context = { queue, fence, trouble: undefined, addRefused: false, abandoned: 0 };
  }

  /** The last decision, in words. */
  get doing(): string {
    return this.#doing;
  }

  /** Something has changed. */
  wake(): void {
    this.#nextAt = Math.min(this.#nextAt, this.#queue.now + GATHER_MS);
  }

  /** A change of members is under way, as far as is known. */
  get isChanging(): boolean {
    return this.#isChanging;
  }

  /** Begins a round when it is time; `rests`: that has not come yet. */
  look(rests: boolean): "leads" | "lost" {
    if (this.#lost) return "lost";
    if (rests || this.#gathering !== undefined || this.#acting) return "leads";
    if (this.#queue.isDue(this.#nextAt)) this.#gather();
    return "leads";
  }

  /** Nothing of it goes on. */
  end(): void {
    for (const slot of this.#slots) this.#queue.drop(slot);
    this.#lost = true;
  }

  #gather(): void {
    const { now } = this.#queue;
    this.#nextAt = now + ROUND_MS;
    const gathering: Gathering = {
      startedAt: now,
      waiting: 0,
      failed: false,
      entries: [],
      revision: Infinity,
      members: [],
      statuses: new Map(),
    };
    this.#gathering = gathering;
    const hasJoins = this.#queue.settings.keepsRights === true;
    if (hasJoins) this.#askWho();
    const ranges = hasJoins ? controlRangesWithoutJoins() : controlRanges();
    for (const [index, range] of ranges.entries()) {
      this.#ask(
        `round list ${index}`,
        { type: "list", range },
        DEADLINE_MS,
        (page: Result<RangePage>) => {
          if (!page.ok) return gathering.failed = true;
          gathering.entries.push(...page.value.entries);
          gathering.revision = Math.min(gathering.revision, page.value.revision);
          return undefined;
        },
      );
    }
    if (hasJoins) this.#askJoins(gathering);
    this.#ask("round members", { type: "members" }, DEADLINE_MS, (members: Result<Members>) => {
      if (!members.ok) return gathering.failed = true;
      gathering.members = members.value.members;
      this.#contact.heard(members.value, now);
      for (const member of gathering.members) this.#probe(member, gathering);
      return undefined;
    });
  }

  #askWho(): void {
    const entries: StoreEntry[] = [];
    let left = whoRanges().length;
    for (const [index, range] of whoRanges().entries()) {
      this.#ask(`round who ${index}`, { type: "list", range }, DEADLINE_MS, (
        page: Result<RangePage>,
      ) => {
        if (!page.ok) return;
        entries.push(...page.value.entries);
        if (--left > 0) return;
        const leader = entries.find(({ key }) => key === leaderKey());
        if (leader?.createRevision !== this.#fence) return;
        this.#listener.readWho(entries);
        this.#clearMuch();
      });
    }
  }

  /** The store answers, and somebody says more than can be read: nothing is decided until that has gone. */
  #clearMuch(): void {
    const { now } = this.#queue;
    if (now - this.#readAt < BLIND_MS || now < this.#clearAt) return;
    this.#clearAt = now + BLIND_MS;
    const call = { type: "saying-too-much" } as const;
    this.#ask("round much", call, BLIND_MS, (found: Result<readonly string[]>) => {
      if (!found.ok) return;
      const hosts = found.value;
      this.#warnOfMuch(hosts);
      const when = [{ key: leaderKey(), create: this.#fence }];
      const then = hosts.flatMap((host) => openRows(host))
        .map((range) => ({ type: "deleteRange", range } as const));
      const clearing = { type: "transact", transaction: { when, then } } as const;
      if (hosts.length > 0) this.#ask("round clear", clearing, BLIND_MS, () => this.wake());
    });
  }

  #warnOfMuch(hosts: readonly string[]): void {
    const { now } = this.#queue;
    // Who it is may become known only after it was said that there is somebody.
    const isNews = hosts.length > 0 && !this.#hasNamed;
    if (now < this.#warnAt && !isNews) return;
    this.#warnAt = now + WARN_MS;
    this.#hasNamed = hosts.length > 0;
    const whose = hosts.length === 0 ? "" : `; what ${hosts.join(", ")} asked for is removed`;
    const text = `the leader cannot read all that hosts say, and decides nothing meanwhile${whose}`;
    const hint = "a host that says more than hosts do again and again is to be cast out";
    const trouble = failure(text, { code: "refused", hint });
    this.#queue.do({ type: "tell", news: { what: "trouble", failure: trouble } });
  }

  /** Only their names: whoever has a token writes there what it likes. */
  #askJoins(gathering: Gathering): void {
    const call = { type: "list", range: joinsRange(), names: MOST_NAMES } as const;
    this.#ask("round joins", call, DEADLINE_MS, (page: Result<RangePage>) => {
      if (!page.ok) return gathering.failed = true;
      gathering.entries.push(...page.value.entries);
      gathering.revision = Math.min(gathering.revision, page.value.revision);
      return undefined;
    });
  }

  #probe({ id, clientUrls: [clientUrl] }: Member, { statuses }: Gathering): void {
    if (clientUrl === undefined) return;
    const call = { type: "status", clientUrl } as const;
    this.#ask(`round status ${id}`, call, PROBE_MS, (status: Result<MemberStatus>) => {
      if (status.ok && status.value.memberId === id) statuses.set(id, status.value);
    });
  }

  #ask<T>(
    slot: string,
    call: Parameters<EffectQueue["call"]>[1],
    deadlineMs: number,
    then: (result: Result<T>) => void,
  ): void {
    const gathering = this.#gathering;
    if (gathering === undefined) return;
    this.#slots.add(slot);
    gathering.waiting++;
    this.#queue.call(slot, call, { deadlineMs }, (result) => {
      then(result as Result<T>);
      gathering.waiting--;
      if (gathering.waiting === 0) this.#gathered(gathering);
    });
  }

  #gathered(gathering: Gathering): void {
    this.#gathering = undefined;
    if (gathering.failed || this.#isOld(gathering)) {
      this.#nextAt = this.#queue.now + RETRY_MS;
      return;
    }
    this.#readAt = this.#queue.now;
    const sorted = sortEntries(gathering.entries);
    if (sorted.leader?.createRevision !== this.#fence) {
      this.#lost = true;
      return;
    }
    const view = this.#view(gathering, sorted);
    this.#listener.read(gathering.entries, view, gathering.revision);
    this.#decide(gathering, sorted, view);
  }

  /** This process was stopped meanwhile, for instance: who answered then may be gone by now. */
  #isOld({ startedAt }: Gathering): boolean {
    return this.#queue.now - startedAt > OLD_MS;
  }

  #decide(reading: Gathering, sorted: Sorted, seen: View): void {
    const queue = this.#queue;
    this.#warnOfSize(reading.entries, sorted.idealSize);
    const action = decide(seen, queue.now, queue.settings.patience);
    this.#doing = action.reason;
    this.#isChanging = action.type !== "none";
    queue.tell("decided", {
      what: "decided",
      action: action.type,
      reason: action.reason,
    });
    if (action.type === "none" && action.lookAgainAt !== undefined) {
      this.#nextAt = Math.min(this.#nextAt, Math.max(action.lookAgainAt, queue.now + GATHER_MS));
    }
    this.#acting = true;
    carryOut(this.#context, action, { ...reading, sorted }, {
      again: (members) => {
        if (this.#isOld(reading)) return { type: "none", reason: "too long ago" };
        const view = this.#view({ ...reading, members }, sorted);
        return decide(view, queue.now, queue.settings.patience);
      },
      done: (worked) => {
        this.#acting = false;
        if (action.type === "none") return;
        this.#nextAt = worked ? queue.now : Math.max(queue.now + RETRY_MS, this.#nextAt);
        this.#contact.refresh();
      },
    }, this.#slots);
  }

  /** What cannot be read counts as if nobody had said a size. */
  #warnOfSize(entries: readonly StoreEntry[], size: number | undefined): void {
    const queue = this.#queue;
    const entry = size === undefined && entries.find(({ key }) => key === idealSizeKey());
    if (!entry) return queue.redo("tell size");
    const wanted = queue.settings.idealSize ?? DEFAULT_SIZE;
    const problem = unreadableSize(entry.key, entry.value);
    queue.tell("size", { what: "size-unreadable", problem, wanted });
  }

  #view(reading: Reading, sorted: Sorted): View {
    const { queue, addRefused, pausedUntil, pausedWhy } = this.#context;
    const memory = {
      self: queue.settings.host,
      idealSize: queue.settings.idealSize ?? DEFAULT_SIZE,
      addRefused,
      pausedUntil,
      pausedWhy,
    };
    return makeView(reading, sorted, this.#observations, memory, queue.now);
  }
}
