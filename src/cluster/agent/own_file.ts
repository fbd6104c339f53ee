/**
 * The file of this host's own etcd while that is a learner: the leader cannot have it give free room
 * back, but every start of it does, and a learner is missed by nobody for that moment.
 *
 * It is found by looking and not remembered: after whatever happens in the middle, the file is small,
 * or the next look finds it again.
 *
 * @module
 */

import { createBackoff } from "../../base/backoff.ts";
import { isNearlyFull } from "../../base/store_fill.ts";
import type { MembershipView } from "./membership_view.ts";
import type { LocalMember } from "./local_member.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { fillOf, gainsByStart } from "../leader/upkeep.ts";

const LOOK_MS = 3000;
const PROBE_MS = 1000;
/** Between two starts: a file that is soon full again, or to which a start does nothing. */
const STARTS = { firstMs: 60_000, lastMs: 3_600_000, factor: 2 };

/** One host's care for its learner's file. */
export class OwnFile {
  readonly #queue: EffectQueue;
  #lookAt = -Infinity;
  #startAt = -Infinity;
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
      if (fill === undefined || !isNearlyFull(fill)) return this.#starts.reset();
      if (!gainsByStart(answer.value) || queue.now < this.#startAt) return;
      this.#startAt = queue.now + this.#starts.next();
      etcd.startAnew(fill);
    });
  }
}
