/**
 * The file of this host's own etcd while that is a learner: the leader cannot have it give free room
 * back, but every start of it does, and a learner is missed by nobody for that moment.
 *
 * Where the store is quiet after room was made, its etcd does not know of that room: a file that stays
 * at its limit is a reason, too, before the next write closes the store for all.
 *
 * It is found by looking and not remembered: after whatever happens in the middle, the file is small,
 * or the next look finds it again.
 *
 * @module
 */

import { createBackoff } from "../../base/backoff.ts";
import { isNearlyFull } from "../../base/store_fill.ts";
import type { MemberStatus } from "../store/store.ts";
import type { MembershipView } from "./membership_view.ts";
import type { LocalMember } from "./local_member.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { fillOf, gainsByStart, isAtLimit } from "../leader/upkeep.ts";

const LOOK_MS = 3000;
const PROBE_MS = 1000;
/** By then it has counted what is free, if a write has come that has it count. */
const COUNTS_MS = 5000;
/** Between two starts: a file that is soon full again, or to which a start does nothing. */
const STARTS = { firstMs: 60_000, lastMs: 3_600_000, factor: 2 };

/** One host's care for its learner's file. */
export class OwnFile {
  readonly #queue: EffectQueue;
  #lookAt = -Infinity;
  #startAt = -Infinity;
  /** Since when it has been at its limit, without free room as far as it knows. */
  #limitSince: number | undefined;
  readonly #starts = createBackoff(STARTS);

  constructor(queue: EffectQueue) {
    this.#queue = queue;
  }

  /** Looks at it, unless the etcd has a vote or could not be started again now. */
  look(contact: MembershipView, etcd: LocalMember, mayStart: boolean): void {
    const queue = this.#queue;
    const [clientUrl] = queue.settings.clientUrls;
    const isOwn = mayStart && etcd.runs && !etcd.serves(contact);
    if (!isOwn || clientUrl === undefined || !queue.isDue(this.#lookAt)) return;
    this.#lookAt = queue.now + LOOK_MS;
    const call = { type: "status", clientUrl } as const;
    queue.call("own file", call, { deadlineMs: PROBE_MS }, (answer) => {
      const { member } = queue.disk;
      // A voter by now is the leader's to look after.
      if (!answer.ok || !answer.value.learner || answer.value.memberId !== member?.memberId) return;
      const fill = fillOf([answer.value], []);
      if (fill === undefined || !isNearlyFull(fill)) {
        this.#limitSince = undefined;
        return this.#starts.reset();
      }
      const isCounted = gainsByStart(answer.value);
      if (!isCounted && !this.#staysAtLimit(answer.value) || queue.now < this.#startAt) return;
      this.#limitSince = undefined;
      this.#startAt = queue.now + this.#starts.next();
      etcd.startAnew(fill, isCounted);
    });
  }

  #staysAtLimit(status: MemberStatus): boolean {
    const { now } = this.#queue;
    if (!isAtLimit(status)) this.#limitSince = undefined;
    else this.#limitSince ??= now;
    return this.#limitSince !== undefined && now - this.#limitSince >= COUNTS_MS;
  }
}
