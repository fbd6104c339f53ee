/**
 * What a host hears of casting out, where its cluster has rights: that it was cast out itself, and, where it
 * may do everything, which certificates it is to refuse.
 *
 * @module
 */

import type { EffectQueue } from "./effect_queue.ts";
import type { IdentityClaim } from "./identity_claim.ts";
import type { ClusterAgentEvent } from "./io.ts";
import type { MembershipView } from "./membership_view.ts";
import type { TrustFollowing } from "./trust_following.ts";
import { castOutIn, formerIn, revokedSerials } from "../leader/evictions.ts";
import { read, type StatusRecord } from "../store/records.ts";
import type { StoreEntry } from "../store/store.ts";

/** An etcd that ends refuses connections in the same way, for a moment. */
const SHUT_OUT_MS = 5000;

/** What people and the others hear of that. */
type SaidOfTrust = Pick<StatusRecord, "refuses" | "keepsOpen">;

/** One host's part in it. */
export class CastingOut {
  readonly #queue: EffectQueue;
  readonly #claim: IdentityClaim;
  readonly #following: Pick<TrustFollowing, "castOutBy">;
  #said: SaidOfTrust = {};

  constructor(
    queue: EffectQueue,
    claim: IdentityClaim,
    following: Pick<TrustFollowing, "castOutBy">,
  ) {
    this.#queue = queue;
    this.#claim = claim;
    this.#following = following;
  }

  /** What stands in its status. */
  get said(): SaidOfTrust {
    return this.#said;
  }

  /** What was found out outside. */
  take({ hosts: refuses, keepsOpen }: ClusterAgentEvent & { readonly type: "refuses" }): void {
    this.#said = { refuses, ...(keepsOpen === undefined ? {} : { keepsOpen }) };
  }

  /** Who was cast out, where this host may do everything; elsewhere what it was answered. */
  heard(entry: StoreEntry | undefined): void {
    if (this.#queue.settings.keepsRights === true) {
      if (entry === undefined) return;
      const hosts = castOutIn(entry);
      const serials = revokedSerials(hosts);
      const wish = {
        type: "refuse",
        hosts: hosts.length,
        serials,
        former: formerIn(entry),
      } as const;
      this.#queue.doOnce("refuse", wish);
      return;
    }
    const at = read.certificate(entry?.value)?.castOutAt;
    if (at !== undefined) this.#claim.castOut({ at });
  }

  /**
   * Who was away when it was cast out hears nothing: its certificate is just taken nowhere. One with the
   * server role hears of the order, and goes when its member, which goes first, has gone.
   */
  look({ shutOutSince }: MembershipView): void {
    const by = this.#following.castOutBy;
    if (by !== undefined && this.#queue.disk.member === undefined) this.#claim.castOut({ by });
    if (this.#queue.settings.keepsRights !== false || shutOutSince === undefined) return;
    if (this.#queue.isDue(shutOutSince + SHUT_OUT_MS)) this.#claim.castOut();
  }
}
