/**
 * Where this host's member is, as the list of members says: when its address has changed, the member
 * itself brings the list up to date, for nobody else knows. It is the only one that ever changes that
 * entry, so a call that comes late is made good by the next look.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { MembershipView } from "./membership_view.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { sameUrls } from "../leader/operation.ts";

const DEADLINE_MS = 2000;
/** Another change may be under way, or a majority be missing: nobody tells when that is over. */
const AGAIN_MS = 3000;

/** Keeps the member's entry right. */
export class MemberAddress {
  readonly #queue: EffectQueue;
  #notBefore = -Infinity;

  constructor(queue: EffectQueue) {
    this.#queue = queue;
  }

  /** Once its etcd answers there: before that the others would look for it in vain. */
  look(contact: MembershipView, runs: boolean): void {
    const queue = this.#queue;
    const { disk: { member }, settings: { peerUrls, endsByItself } } = queue;
    if (!runs || member?.memberId === undefined || contact.lostSince !== undefined) return;
    const listed = contact.members?.find(({ id }) => id === member.memberId);
    if (listed === undefined || sameUrls(listed.peerUrls, peerUrls)) return;
    const before = listed.peerUrls.join(", ");
    // A run by hand may have been given less than the service has.
    const why = endsByItself === true
      ? "a run that ends by itself changes nothing of it"
      : undefined;
    const stays = contact.whyOutOfReach ?? why;
    if (stays !== undefined) {
      return queue.tell("address", { what: "member-stays", before, reason: stays });
    }
    if (queue.isBusy("address") || !queue.isDue(this.#notBefore)) return;
    this.#notBefore = queue.now + AGAIN_MS;
    const call = { type: "update", memberId: member.memberId, peerUrls } as const;
    const { now } = queue;
    queue.call("address", call, { deadlineMs: DEADLINE_MS }, (result) => {
      if (!result.ok) return this.#failed(result.failure);
      contact.heard(result.value, now);
      contact.refresh();
      return queue.tell("address", { what: "member-moved", peerUrls, before });
    });
  }

  #failed({ code, message }: Failure): void {
    // Whatever else it is, it may pass; what was done all the same is seen in the list.
    if (code === "member-exists") {
      this.#queue.tell("address", { what: "member-cannot-move", message });
    }
  }
}
