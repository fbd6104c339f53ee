/**
 * How this host stands in its cluster, told whenever something of it is different.
 *
 * @module
 */

import type { EffectQueue } from "./effect_queue.ts";
import type { ClusterMember } from "./news.ts";
import type { ClusterPhase } from "./phase.ts";
import { hostOfMember } from "../store/keys.ts";
import { read } from "../store/records.ts";
import type { Member, StoreEntry } from "../store/store.ts";

/** What it is made of. */
export interface Standing {
  readonly phase: ClusterPhase;
  readonly members: readonly Member[] | undefined;
  /** The key of who leads. */
  readonly leader: StoreEntry | undefined;
}

/** Tells of it. */
export class MembershipNotices {
  readonly #queue: EffectQueue;
  #told:
    | { readonly phase: string; readonly leader: string | undefined; readonly id: unknown }
    | undefined;
  /** As they were looked at last: mostly they are the very same. */
  #looked: readonly Member[] | undefined;
  #members: readonly ClusterMember[] = [];

  constructor(queue: EffectQueue) {
    this.#queue = queue;
  }

  /** Looks whether there is something to tell. */
  look({ phase: { type: phase }, members, leader: entry }: Standing): void {
    const { clusterId } = this.#queue.disk;
    const leader = read.leader(entry?.value)?.host;
    const before = this.#members;
    const told = this.#told;
    if (members !== this.#looked) this.#take(members ?? []);
    this.#looked = members;
    const isSame = told?.phase === phase && told.leader === leader && told.id === clusterId;
    if (isSame && before === this.#members) return;
    this.#told = { phase, leader, id: clusterId };
    const { added, removed } = difference(before, this.#members);
    this.#queue.do({
      type: "tell",
      news: {
        what: "membership",
        phase,
        ...(clusterId === undefined ? {} : { clusterId }),
        ...(leader === undefined ? {} : { leader }),
        members: this.#members,
        ...(added.length === 0 ? {} : { added }),
        ...(removed.length === 0 ? {} : { removed }),
      },
    });
  }

  /** What is heard again and is the same stays the same list. */
  #take(heard: readonly Member[]): void {
    const members = heard.map(({ id, name, clientUrls, learner }) => ({
      id,
      host: hostOfMember(name) ?? name,
      clientUrls,
      learner,
    }));
    if (JSON.stringify(members) !== JSON.stringify(this.#members)) this.#members = members;
  }
}

function difference(before: readonly ClusterMember[], after: readonly ClusterMember[]) {
  const without = (some: readonly ClusterMember[], others: readonly ClusterMember[]) =>
    some.filter(({ id }) => others.every((other) => other.id !== id));
  return { added: without(after, before), removed: without(before, after) };
}
