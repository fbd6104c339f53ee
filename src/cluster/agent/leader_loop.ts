/**
 * The leader's rounds: read everything, decide, do one thing, and again. Woken by changes; looks by
 * itself every two seconds, because no watch tells of a member that falls silent.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import { type ActionContext, carryOut } from "./leader_actions.ts";
import type { MembershipView } from "./membership_view.ts";
import { type Sorted, sortEntries } from "../leader/sorted_entries.ts";
import { makeView, Observations, type Reading } from "../leader/view_builder.ts";
import { MOST_NAMES } from "../leader/joins.ts";
import { decide } from "../leader/decide.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { controlRangesWithoutJoins, joinsRange } from "../store/join_keys.ts";
import { controlRanges, idealSizeKey } from "../store/keys.ts";
import { DEFAULT_SIZE, unreadableSize } from "../store/records.ts";
import type { View } from "../leader/view.ts";
import type { Member, Members, MemberStatus, RangePage, StoreEntry } from "../store/store.ts";

const ROUND_MS = 2000;
const RETRY_MS = 500;
/** Changes that come together are looked at together. */
const GATHER_MS = 5;
const DEADLINE_MS = 2000;
const PROBE_MS = 1000;
/** What was read longer ago is read again before anything is done. */
const OLD_MS = 4000;

/** Hears of all that a round has read, and what that means; the oldest of it is of that revision. */
export type LeaderLoopListener = (
  entries: readonly StoreEntry[],
  view: View,
  revision: number,
) => void;

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
  readonly #read: LeaderLoopListener;
  readonly #observations = new Observations();
  readonly #context: ActionContext;
  #gathering: Gathering | undefined;
  #acting = false;
  #nextAt = -Infinity;
  #lost = false;
  #slots = new Set<string>();
  #isChanging = true;
  #doing = "has just begun to lead";

  constructor(
    queue: EffectQueue,
    contact: MembershipView,
    fence: number,
    read: LeaderLoopListener,
  ) {
    this.#queue = queue;
    this.#contact = contact;
    this.#fence = fence;
    this.#read = read;
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
    const sorted = sortEntries(gathering.entries);
    if (sorted.leader?.createRevision !== this.#fence) {
      this.#lost = true;
      return;
    }
    const view = this.#view(gathering, sorted);
    this.#read(gathering.entries, view, gathering.revision);
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
