/**
 * What people hear about the contact with the cluster: once that it is lost, once that it is back,
 * and nothing of what is over before anybody could notice.
 *
 * @module
 */

import type { Contact } from "./agent_contact.ts";
import type { Desk } from "./desk.ts";

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
export class Voice {
  readonly #desk: Desk;
  /** There was contact since this agent started. */
  #hadContact = false;
  /** Since when the contact is lost that was spoken of; undefined: that is over. */
  #told: number | undefined;
  #nextAt = -Infinity;
  /** When it was said that the contact is back, the last few times. */
  #backs: readonly number[] = [];

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Looks whether there is something to say; `etcdRuns`: an etcd of this host answers. */
  look({ members, lostSince }: Contact, etcdRuns: boolean): void {
    // Before it belongs to a cluster, others say what it waits for.
    if (this.#desk.disk.clusterId === undefined) return;
    if (lostSince !== undefined) this.#lost(lostSince, etcdRuns);
    else if (members !== undefined) this.#back();
  }

  #lost(since: number, etcdRuns: boolean): void {
    const desk = this.#desk;
    const patience = this.#hadContact ? LOST_MS : desk.settings.waitMs ?? FIRST_MS;
    if (!desk.isDue(Math.max(since + patience, this.#nextAt))) return;
    const isFirst = !this.#hadContact;
    desk.do({ type: "tell", news: { type: "lost", forMs: desk.now - since, isFirst, etcdRuns } });
    this.#told = since;
    this.#nextAt = desk.now + AGAIN_MS;
    desk.isDue(this.#nextAt);
  }

  #back(): void {
    const desk = this.#desk;
    this.#hadContact = true;
    if (this.#told === undefined) return;
    desk.do({ type: "tell", news: { type: "back", forMs: desk.now - this.#told } });
    this.#told = undefined;
    this.#backs = [...this.#backs, desk.now].slice(-OFTEN);
    const [first = 0] = this.#backs;
    const comesAndGoes = this.#backs.length === OFTEN && desk.now - first < OFTEN_MS;
    this.#nextAt = comesAndGoes ? desk.now + BETWEEN_MS : -Infinity;
  }
}
