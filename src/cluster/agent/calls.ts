/**
 * Calls of the store as data, so that the agent's core can ask for them without making them.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Result } from "../../base/result.ts";
import type { KeyRange } from "../store/keys.ts";
import type { RightsChange, RightsState } from "../store/rights.ts";
import { firstNames, hostsSayingTooMuch } from "../store/much_said.ts";
import { listAll } from "../store/store.ts";
import type {
  AddedMember,
  CallOptions,
  Lease,
  LeaseId,
  Members,
  MemberStatus,
  RightsStanding,
} from "../store/store.ts";
import type { RangePage, Store, StoreTransaction, TransactionResult } from "../store/store.ts";

/** One call of the store. */
export type StoreCall =
  | {
    readonly type: "list";
    readonly range: KeyRange;
    readonly serializable?: boolean;
    /** The first so many, without their values; fewer where they are long. */
    readonly names?: number;
  }
  | { readonly type: "saying-too-much" }
  | { readonly type: "transact"; readonly transaction: StoreTransaction }
  | { readonly type: "grant"; readonly ttlMs: number }
  | { readonly type: "keep"; readonly lease: LeaseId }
  | { readonly type: "revoke"; readonly lease: LeaseId }
  | { readonly type: "members" }
  | { readonly type: "add"; readonly peerUrls: readonly string[] }
  | { readonly type: "promote"; readonly memberId: string }
  | { readonly type: "remove"; readonly memberId: string }
  | { readonly type: "status"; readonly clientUrl: string }
  | { readonly type: "compact"; readonly revision: number }
  | { readonly type: "defragment"; readonly clientUrl: string }
  | { readonly type: "disarm" }
  | { readonly type: "update"; readonly memberId: string; readonly peerUrls: readonly string[] }
  | { readonly type: "rights-standing" }
  | { readonly type: "rights" }
  | { readonly type: "change-rights"; readonly change: RightsChange };

/** What each call answers. */
export interface CallAnswers {
  readonly list: RangePage;
  /** Hosts. */
  readonly "saying-too-much": readonly string[];
  readonly transact: TransactionResult;
  readonly grant: Lease;
  readonly keep: Lease;
  readonly revoke: void;
  readonly members: Members;
  readonly add: AddedMember;
  readonly promote: Members;
  readonly remove: Members;
  readonly update: Members;
  readonly status: MemberStatus;
  readonly compact: void;
  readonly defragment: void;
  readonly disarm: void;
  readonly "rights-standing": RightsStanding;
  readonly rights: RightsState;
  readonly "change-rights": void;
}

/** The answer to any call. */
export type CallAnswer = CallAnswers[keyof CallAnswers];

/** Entries of one page. */
const PAGE = 500;

/** Makes the call. */
export function perform(
  store: Store,
  call: StoreCall,
  options: CallOptions,
): Promise<Result<CallAnswer>> {
  switch (call.type) {
    case "list":
      if (call.names !== undefined) {
        return firstNames(store, call.range, call.names, options);
      }
      return listAll(store, call.range, {
        ...options,
        limit: PAGE,
        serializable: call.serializable === true,
        mostLength: LIMITS.controlLength,
      });
    case "saying-too-much":
      return hostsSayingTooMuch(store, options);
    case "transact":
      return store.transact(call.transaction, options);
    case "grant":
      return store.grantLease(call.ttlMs, options);
    case "keep":
      return store.keepLease(call.lease, options);
    case "revoke":
      return store.revokeLease(call.lease, options);
    case "members":
      return store.members(options);
    case "add":
      return store.addLearner(call.peerUrls, options);
    case "promote":
      return store.promote(call.memberId, options);
    case "remove":
      return store.removeMember(call.memberId, options);
    case "update":
      return store.updateMember(call.memberId, call.peerUrls, options);
    case "status":
      return store.status(call.clientUrl, options);
    case "compact":
      return store.compact(call.revision, options);
    case "defragment":
      return store.defragment(call.clientUrl, options);
    case "disarm":
      return store.disarm(options);
    case "rights-standing":
      return store.rightsStanding(options);
    case "rights":
      return store.readRights(options);
    case "change-rights":
      return store.changeRights(call.change, options);
  }
}
