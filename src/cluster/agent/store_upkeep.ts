/**
 * Looks after the store: who leads does, and where it is so full that nobody can take the lead (a
 * lease is a write, too), the host whose etcd leads the others.
 *
 * What is done cannot be fenced, and need not be: a late call forgets some history that another would
 * have kept, or makes one member wait for a moment.
 *
 * @module
 */

import { createBackoff } from "../../base/backoff.ts";
import type { Result } from "../../base/result.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { hostOfMember } from "../store/keys.ts";
import type { Member, Members, MemberStatus } from "../store/store.ts";
import { type Fill, isNearlyFull } from "../../base/store_fill.ts";
import { fillOf, type StoreView, type Upkeep, upkeep, type UpkeepPart } from "../leader/upkeep.ts";

/** Between two looks; less where it fills, or where there is something to mend. */
const LOOK_MS = 3000;
const NEAR_MS = 1000;
/** After something was done: what it changed is to be seen by then. */
const STEP_MS = 300;
/** From this part of the quota on it may soon be full. */
const NEAR = 0.25;
const DEADLINE_MS = 2000;
const PROBE_MS = 1000;
const COMPACT_MS = 30_000;
/** No member takes so long; who does not answer by then is left alone as long again. */
const DEFRAGMENT_MS = 60_000;
/** A member whose figures may be old is not defragmented again and again for that. */
const UNSURE_MS = 10_000;
/** What was read longer ago is read again before anything is done. */
const FENCE_MS = 2000;
/** An earlier leader may have told a member to, and be gone. */
const FIRST_MS = 15_000;
/** The agent of the host that should do it may be gone, and its etcd not. */
const ALONE_MS = 30_000;
/** History that watches and lists may need. */
const KEPT_MS = 30_000;
/** A store that is full again at once is full of what is in it. */
const DISARM = { firstMs: 2000, lastMs: 300_000, factor: 2 };
const QUIET_MS = 600_000;
/** A learner's host sees to its file at most once a minute, and its etcd takes a while to start. */
const LEARNER_MS = 90_000;

/** Why this host may: it leads, or nobody can. */
export type Right = "leads" | "alone";

/** One host's care for the store. */
export class StoreUpkeep {
  readonly #queue: EffectQueue;
  #right: Right | undefined;
  #isChanging = false;
  #lookAt = -Infinity;
  #statuses = new Map<string, MemberStatus>();
  #waiting = 0;
  #askedAt = 0;
  /** Revisions with the time at which they were the last. */
  #marks: { readonly at: number; readonly revision: number }[] = [];
  #firstRevision = 0;
  #compactedTo = 0;
  #compactedAt = -Infinity;
  /** When each was, by its address. */
  #defragmented = new Map<string, number>();
  #baseBytes = 0;
  #fullRevision: number | undefined;
  #fullSince = 0;
  #since = 0;
  /** One has failed at it: none is asked before that. */
  #defragmentAt = -Infinity;
  #disarmAt = -Infinity;
  #disarmedAt = -Infinity;
  readonly #disarms = createBackoff(DISARM);
  /** How full people think that it is. */
  #told: string | undefined;
  #slots = new Set<string>();

  constructor(queue: EffectQueue) {
    this.#queue = queue;
  }

  /** A member is busy with itself: this is no time for changes. */
  get isDefragmenting(): boolean {
    return this.#queue.isBusy("store defragment");
  }

  /** Looks, where this host may. */
  look(right: Right | undefined, isChanging: boolean): void {
    if (right !== this.#right) this.#begin(right);
    this.#isChanging = isChanging;
    const queue = this.#queue;
    if (right === undefined || this.#waiting > 0 || !queue.isDue(this.#lookAt)) return;
    this.#gather();
  }

  /** Nothing of it goes on. */
  end(): void {
    this.#begin(undefined);
  }

  /** What an earlier leadership knew may be true no more. */
  #begin(right: Right | undefined): void {
    for (const slot of this.#slots) this.#queue.drop(slot);
    this.#right = right;
    this.#waiting = 0;
    this.#lookAt = -Infinity;
    this.#marks = [];
    this.#firstRevision = 0;
    this.#compactedTo = 0;
    this.#compactedAt = -Infinity;
    this.#defragmented.clear();
    this.#baseBytes = 0;
    this.#fullRevision = undefined;
    this.#since = this.#queue.now;
    this.#defragmentAt = -Infinity;
  }

  #gather(): void {
    const queue = this.#queue;
    this.#askedAt = queue.now;
    this.#lookAt = queue.now + LOOK_MS;
    this.#statuses = new Map();
    let members: readonly Member[] | undefined;
    const arrived = () => {
      if (--this.#waiting > 0 || members === undefined) return;
      this.#decide(members);
    };
    this.#waiting = 1;
    this.#call("members", { type: "members" }, DEADLINE_MS, (result: Result<Members>) => {
      if (result.ok) members = result.value.members;
      for (const { id, clientUrls: [clientUrl] } of members ?? []) {
        if (clientUrl === undefined) continue;
        this.#waiting++;
        const call = { type: "status", clientUrl } as const;
        this.#call(`status ${id}`, call, PROBE_MS, (status: Result<MemberStatus>) => {
          if (status.ok && status.value.memberId === id) this.#statuses.set(id, status.value);
          arrived();
        });
      }
      arrived();
    });
  }

  #call<T>(
    slot: string,
    call: Parameters<EffectQueue["call"]>[1],
    deadlineMs: number,
    then: (result: Result<T>) => void,
    notAfter?: number,
  ): void {
    const name = `store ${slot}`;
    this.#slots.add(name);
    const options = { deadlineMs, ...(notAfter === undefined ? {} : { notAfter }) };
    this.#queue.call(name, call, options, (result) => then(result as Result<T>));
  }

  #decide(members: readonly Member[]): void {
    const queue = this.#queue;
    const statuses = [...this.#statuses.values()];
    const fill = fillOf(statuses, members);
    if (fill === undefined || queue.now - this.#askedAt > FENCE_MS) return;
    if (this.#right === "alone" && !(fill.full && this.#isFirst(statuses))) return;
    this.#learn(fill, Math.max(...statuses.map(({ revision }) => revision)));
    const view: StoreView = {
      parts: members.filter(({ name }) => name !== "").map((member) => this.#part(member)),
      isChanging: this.#isChanging,
      mayDefragment: this.#mayDefragment(fill),
      mayDisarm: queue.now >= this.#disarmAt,
      waitsForLearners: queue.now - this.#fullSince < LEARNER_MS,
      firstRevision: this.#firstRevision,
      keptRevision: this.#keptRevision(),
      compactedTo: this.#compactedTo,
      baseBytes: this.#baseBytes,
      ...(this.#fullRevision === undefined ? {} : { fullRevision: this.#fullRevision }),
    };
    const next = upkeep(view);
    this.#tell(fill, next);
    this.#do(next);
  }

  /** Of all that cannot lead it is the one whose etcd does; where nothing comes of that, any. */
  #isFirst(statuses: readonly MemberStatus[]): boolean {
    const { disk: { member }, now } = this.#queue;
    return now - this.#since >= ALONE_MS ||
      statuses.some(({ memberId, leaderId }) =>
        memberId === member?.memberId && leaderId === memberId
      );
  }

  /** Where nothing can be written anyway, nobody waits for a member but this host. */
  #mayDefragment({ full }: Fill): boolean {
    const { now } = this.#queue;
    if (this.isDefragmenting || now < this.#defragmentAt) return false;
    return full || now - this.#since >= FIRST_MS;
  }

  #part({ id, name, learner, clientUrls: [clientUrl] }: Member): UpkeepPart {
    const host = hostOfMember(name);
    const status = this.#statuses.get(id);
    const ours = host !== undefined;
    const unsure = this.#isUnsure(clientUrl);
    return { id, host: host ?? name, ours, learner, clientUrl, status, unsure };
  }

  #isUnsure(clientUrl = ""): boolean {
    const at = this.#defragmented.get(clientUrl) ?? -Infinity;
    return at < this.#compactedAt && this.#queue.now - at >= UNSURE_MS;
  }

  #learn(fill: Fill, revision: number): void {
    const { now } = this.#queue;
    this.#firstRevision ||= revision;
    this.#marks.push({ at: now, revision });
    while (this.#marks.length > 1 && now - this.#marks[1]!.at >= KEPT_MS) this.#marks.shift();
    this.#baseBytes = Math.min(this.#baseBytes, fill.inUseBytes);
    if (!fill.full) this.#fullRevision = undefined;
    else if (this.#fullRevision === undefined) {
      this.#fullRevision = revision;
      this.#fullSince = now;
    }
    if (!fill.full && now - this.#disarmedAt >= QUIET_MS) this.#disarms.reset();
  }

  /** Half a minute ago; 0: this host has not looked for so long. */
  #keptRevision(): number {
    const [mark] = this.#marks;
    return mark !== undefined && this.#queue.now - mark.at >= KEPT_MS ? mark.revision : 0;
  }

  /** Once when it is nearly full, once when it is full, and what is done about that. */
  #tell(fill: Fill, { reason, type }: Upkeep): void {
    const queue = this.#queue;
    const isNear = isNearlyFull(fill);
    if (isNear || fill.inUseBytes >= NEAR * fill.quotaBytes) {
      this.#lookAt = Math.min(this.#lookAt, queue.now + NEAR_MS);
    }
    if (!isNear) this.#told = undefined;
    else {
      const state = fill.full ? "full" : "nearly-full";
      if (this.#told !== state) queue.do({ type: "tell", news: { what: "store", state, fill } });
      this.#told = state;
    }
    if (!fill.full && type !== "defragment") return;
    queue.tell("upkeep", { what: "upkeep", action: type, reason, full: fill.full });
  }

  #do(next: Upkeep): void {
    const queue = this.#queue;
    const notAfter = this.#askedAt + FENCE_MS;
    switch (next.type) {
      case "none":
        return;
      case "compact":
        return this.#call("compact", next, COMPACT_MS, (result) => {
          this.#lookAt = queue.now + STEP_MS;
          if (!result.ok) return;
          this.#compactedTo = next.revision;
          this.#compactedAt = queue.now;
          this.#baseBytes = Infinity;
        }, notAfter);
      case "defragment":
        return this.#call("defragment", next, DEFRAGMENT_MS, (result) => {
          this.#lookAt = queue.now + STEP_MS;
          if (result.ok) this.#defragmented.set(next.clientUrl, queue.now);
          else this.#defragmentAt = queue.now + DEFRAGMENT_MS;
        }, notAfter);
      case "disarm":
        return this.#call("disarm", next, DEADLINE_MS, (result) => {
          this.#lookAt = queue.now + STEP_MS;
          if (!result.ok) return;
          this.#disarmedAt = queue.now;
          this.#disarmAt = queue.now + this.#disarms.next();
          this.#fullRevision = undefined;
        }, notAfter);
    }
  }
}
