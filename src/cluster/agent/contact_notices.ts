/**
 * What people hear about the contact with the cluster: once that it is lost, once that it is back,
 * and nothing of what is over before anybody could notice.
 *
 * @module
 */

import type { MembershipView } from "./membership_view.ts";
import type { EffectQueue } from "./effect_queue.ts";

/** A change of etcd's leader is over sooner. */
const LOST_MS = 5000;
/** A host that has just started, where nobody says how long it waits. */
const FIRST_MS = 10_000;
/** Said again after so long, while it lasts. */
const AGAIN_MS = 10 * 60_000;
/** A contact that was lost so often within a while comes and goes: it is spoken of less often. */
const OFTEN = 3;
const OFTEN_MS = 10 * 60_000;
const BETWEEN_MS = 3 * 60_000;

/** Says when contact with the cluster is lost, and when it is back. */
export class ContactNotices {
  readonly #queue: EffectQueue;
  /** There was contact since this agent started. */
  #hadContact = false;
  /** Since when the contact is lost that was spoken of; undefined: that is over. */
  #told: number | undefined;
  #nextAt = -Infinity;
  /** When it was said that the contact is back, the last few times. */
  #backs: readonly number[] = [];

  constructor(queue: EffectQueue) {
    this.#queue = queue;
  }

  /** Looks whether there is something to say; `etcdRuns`: an etcd of this host answers. */
  look({ members, lostSince }: MembershipView, etcdRuns: boolean): void {
    // Before it belongs to a cluster, others say what it waits for.
    if (this.#queue.disk.clusterId === undefined) return;
    if (lostSince !== undefined) this.#lost(lostSince, etcdRuns);
    else if (members !== undefined) this.#back();
  }

  #lost(since: number, etcdRuns: boolean): void {
    const queue = this.#queue;
    const patience = this.#hadContact ? LOST_MS : queue.settings.waitMs ?? FIRST_MS;
    if (!queue.isDue(Math.max(since + patience, this.#nextAt))) return;
    const isFirst = !this.#hadContact;
    const forMs = queue.now - since;
    queue.do({ type: "tell", news: { what: "contact-lost", forMs, isFirst, etcdRuns } });
    this.#told = since;
    this.#nextAt = queue.now + AGAIN_MS;
    queue.isDue(this.#nextAt);
  }

  #back(): void {
    const queue = this.#queue;
    this.#hadContact = true;
    if (this.#told === undefined) return;
    queue.do({ type: "tell", news: { what: "contact-back", forMs: queue.now - this.#told } });
    this.#told = undefined;
    this.#backs = [...this.#backs, queue.now].slice(-OFTEN);
    const [first = 0] = this.#backs;
    const comesAndGoes = this.#backs.length === OFTEN && queue.now - first < OFTEN_MS;
    this.#nextAt = comesAndGoes ? queue.now + BETWEEN_MS : -Infinity;
  }
}
