/**
 * A store whose calls are data, as the agents' own are: what remains to say is how one is carried.
 *
 * @module
 */

import { ok, type Result } from "../../src/base/result.ts";
import type { StoreCall } from "../../src/cluster/agent/calls.ts";
import type { KeyRange } from "../../src/cluster/store/keys.ts";
import type { RightsChange, RightsState } from "../../src/cluster/store/rights.ts";
import type * as store from "../../src/cluster/store/store.ts";

/** Calls by their names, without those that every simulated store carries in its own way. */
export abstract class CallStore implements store.Store {
  protected abstract call<T>(call: StoreCall, options: store.CallOptions): Promise<Result<T>>;
  abstract list(range: KeyRange, options: store.PageOptions): Promise<Result<store.RangePage>>;
  abstract watch(
    range: KeyRange,
    fromRevision: number,
    listener: store.WatchListener,
  ): store.StoreWatch;
  abstract setEndpoints(clientUrls: readonly string[]): void;
  abstract close(): void;

  async get(key: string, options: store.CallOptions): Promise<Result<store.Got>> {
    const transaction = { when: [], then: [{ type: "get", key } as const] };
    const result = await this.transact(transaction, options);
    return result.ok ? ok({ entry: result.value.got[0], revision: result.value.revision }) : result;
  }

  async put(
    key: string,
    value: string,
    options: store.CallOptions & { readonly lease?: store.LeaseId },
  ): Promise<Result<{ readonly revision: number }>> {
    const { lease } = options;
    const put = { type: "put", key, value, ...(lease === undefined ? {} : { lease }) } as const;
    return await this.transact({ when: [], then: [put] }, options);
  }

  transact(transaction: store.StoreTransaction, options: store.CallOptions) {
    return this.call<store.TransactionResult>({ type: "transact", transaction }, options);
  }

  grantLease(ttlMs: number, options: store.CallOptions) {
    return this.call<store.Lease>({ type: "grant", ttlMs }, options);
  }

  keepLease(lease: store.LeaseId, options: store.CallOptions) {
    return this.call<store.Lease>({ type: "keep", lease }, options);
  }

  revokeLease(lease: store.LeaseId, options: store.CallOptions) {
    return this.call<void>({ type: "revoke", lease }, options);
  }

  members(options: store.CallOptions) {
    return this.call<store.Members>({ type: "members" }, options);
  }

  addLearner(peerUrls: readonly string[], options: store.CallOptions) {
    return this.call<store.AddedMember>({ type: "add", peerUrls }, options);
  }

  promote(memberId: string, options: store.CallOptions) {
    return this.call<store.Members>({ type: "promote", memberId }, options);
  }

  removeMember(memberId: string, options: store.CallOptions) {
    return this.call<store.Members>({ type: "remove", memberId }, options);
  }

  updateMember(memberId: string, peerUrls: readonly string[], options: store.CallOptions) {
    return this.call<store.Members>({ type: "update", memberId, peerUrls }, options);
  }

  status(clientUrl: string, options: store.CallOptions) {
    return this.call<store.MemberStatus>({ type: "status", clientUrl }, options);
  }

  compact(revision: number, options: store.CallOptions) {
    return this.call<void>({ type: "compact", revision }, options);
  }

  defragment(clientUrl: string, options: store.CallOptions) {
    return this.call<void>({ type: "defragment", clientUrl }, options);
  }

  disarm(options: store.CallOptions) {
    return this.call<void>({ type: "disarm" }, options);
  }

  rightsStanding(options: store.CallOptions) {
    return this.call<store.RightsStanding>({ type: "rights-standing" }, options);
  }

  readRights(options: store.CallOptions) {
    return this.call<RightsState>({ type: "rights" }, options);
  }

  changeRights(change: RightsChange, options: store.CallOptions) {
    return this.call<void>({ type: "change-rights", change }, options);
  }
}
