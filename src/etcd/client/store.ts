/**
 * etcd as the store of the cluster.
 *
 * @module
 */

import type * as protocol from "etcd3";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import type { KeyRange } from "../../cluster/store/keys.ts";
import type * as store from "../../cluster/store/store.ts";
import type { RightsChange, RightsState } from "../../cluster/store/rights.ts";
import type {
  CallOptions,
  Store,
  StoreAddress,
  StoreOperation,
} from "../../cluster/store/store.ts";
import { keepLease } from "./lease.ts";
import { EtcdPool, type Question } from "./pool.ts";
import * as rights from "./rights.ts";
import * as values from "./values.ts";
import { type EtcdWatch, watchEtcd } from "./watch.ts";

/** What the store needs of the host. */
export interface EtcdStoreHost {
  readonly clock: Clock;
  /** Calls when some connection over HTTP/2 broke (`os/network/http2.ts`); the result ends that. */
  onHttp2Break(listener: () => void): () => void;
}

/** Opens the store; nothing is connected before it is used. */
export function openEtcdStore(address: StoreAddress, host: EtcdStoreHost): Store {
  return new EtcdStore(address, host);
}

class EtcdStore implements Store {
  readonly #pool: EtcdPool;
  readonly #clock: Clock;
  readonly #clusterId: string | undefined;
  readonly #watches = new Set<EtcdWatch>();
  readonly #hearNoMore: () => void;
  /** Lists of members name only addresses at which this host could speak, where there are any. */
  readonly #speaks: "http" | "https" | undefined;

  constructor(address: StoreAddress, { clock, onHttp2Break }: EtcdStoreHost) {
    this.#pool = new EtcdPool(address, clock);
    this.#clock = clock;
    this.#clusterId = address.clusterId;
    const { credentials } = address;
    this.#speaks = credentials && (credentials === "none" ? "http" : "https");
    this.#hearNoMore = onHttp2Break(() => {
      for (const watch of [...this.#watches]) watch.suspect();
    });
  }

  async get(key: string, options: CallOptions): Promise<Result<store.Got>> {
    const request = { key: values.bytes(key) };
    const answer = await this.#read<protocol.IRangeResponse>("KV", "range", request, {
      ...options,
      what: `read ${key}`,
    });
    if (!answer.ok) return answer;
    const [kv] = answer.value.kvs;
    const entry = kv === undefined ? undefined : values.entryOf(kv);
    return ok({ entry, revision: values.revisionOf(answer.value) });
  }

  async list(range: KeyRange, options: store.PageOptions): Promise<Result<store.RangePage>> {
    const request = {
      key: values.bytes(range.from),
      range_end: values.bytes(range.to),
      limit: options.limit,
      revision: options.revision ?? 0,
      serializable: options.serializable ?? false,
      keys_only: options.keysOnly ?? false,
    };
    const answer = await this.#read<protocol.IRangeResponse>("KV", "range", request, {
      ...options,
      what: `list ${range.from}`,
    });
    if (!answer.ok) return answer;
    const entries = answer.value.kvs.map(values.entryOf);
    const last = entries.at(-1);
    return ok({
      entries,
      revision: options.revision ?? values.revisionOf(answer.value),
      // The least key after the last one.
      ...(answer.value.more && last !== undefined ? { next: `${last.key}\0` } : {}),
    });
  }

  async put(
    key: string,
    value: string,
    options: CallOptions & { readonly lease?: store.LeaseId },
  ): Promise<Result<{ readonly revision: number }>> {
    const request = values.putRequest(key, value, options.lease);
    const answer = await this.#write<protocol.IPutResponse>("KV", "put", request, {
      ...options,
      what: `write ${key}`,
    });
    return answer.ok ? ok({ revision: values.revisionOf(answer.value) }) : answer;
  }

  async transact(
    { when, then, otherwise = [] }: store.StoreTransaction,
    options: CallOptions,
  ): Promise<Result<store.TransactionResult>> {
    const request = {
      compare: when.map(values.compareRequest),
      success: then.map(values.operationRequest),
      failure: otherwise.map(values.operationRequest),
    };
    const [first] = [...then, ...otherwise];
    const answer = await this.#write<protocol.ITxnResponse>("KV", "txn", request, {
      ...options,
      what: `write ${first === undefined ? "nothing" : placeOf(first)} in a transaction`,
    });
    if (!answer.ok) return answer;
    const { succeeded, responses } = answer.value;
    const got = (succeeded ? then : otherwise).flatMap((operation, index) => {
      if (operation.type !== "get") return [];
      const kv = responses[index]?.response_range?.kvs[0];
      return [kv === undefined ? undefined : values.entryOf(kv)];
    });
    return ok({ succeeded, revision: values.revisionOf(answer.value), got });
  }

  async grantLease(ttlMs: number, options: CallOptions): Promise<Result<store.Lease>> {
    const request = { TTL: Math.ceil(ttlMs / 1000) };
    const answer = await this.#write<protocol.ILeaseGrantResponse>("Lease", "leaseGrant", request, {
      ...options,
      what: "get a lease",
    });
    if (!answer.ok) return answer;
    return ok({ id: answer.value.ID, ttlMs: Number(answer.value.TTL) * 1000 });
  }

  keepLease(id: store.LeaseId, options: CallOptions): Promise<Result<store.Lease>> {
    return keepLease(this.#pool, this.#clock, id, options);
  }

  async revokeLease(id: store.LeaseId, options: CallOptions): Promise<Result<void>> {
    const answer = await this.#write("Lease", "leaseRevoke", { ID: id }, {
      ...options,
      what: `end the lease ${id}`,
    });
    return answer.ok ? ok(undefined) : answer;
  }

  watch(range: KeyRange, fromRevision: number, listener: store.WatchListener): store.StoreWatch {
    const watch = watchEtcd({
      pool: this.#pool,
      clock: this.#clock,
      clusterId: this.#clusterId,
      over: (ended) => this.#watches.delete(ended),
      ...{ range, fromRevision, listener },
    });
    this.#watches.add(watch);
    return watch;
  }

  members(options: CallOptions): Promise<Result<store.Members>> {
    const question = { ...options, what: "list the members" };
    const request = { linearizable: true };
    return mapped(
      this.#read<protocol.IMemberListResponse>("Cluster", "memberList", request, question),
      (answer) => values.membersOf(answer, this.#speaks),
    );
  }

  addLearner(
    peerUrls: readonly string[],
    options: CallOptions,
  ): Promise<Result<store.AddedMember>> {
    const request = { peerURLs: peerUrls, isLearner: true };
    const question = { ...options, what: `add a member ${peerUrls.join()}` };
    return mapped(
      this.#write<protocol.IMemberAddResponse>("Cluster", "memberAdd", request, question),
      (answer) => ({
        ...values.membersOf(answer, this.#speaks),
        added: values.memberOf(answer.member),
      }),
    );
  }

  promote(memberId: string, options: CallOptions): Promise<Result<store.Members>> {
    return this.#changeMember("memberPromote", `promote the member ${memberId}`, memberId, options);
  }

  removeMember(memberId: string, options: CallOptions): Promise<Result<store.Members>> {
    return this.#changeMember("memberRemove", `remove the member ${memberId}`, memberId, options);
  }

  updateMember(
    memberId: string,
    peerUrls: readonly string[],
    options: CallOptions,
  ): Promise<Result<store.Members>> {
    const what = `change the member ${memberId}`;
    return this.#changeMember("memberUpdate", what, memberId, options, { peerURLs: peerUrls });
  }

  #changeMember(
    method: string,
    what: string,
    memberId: string,
    options: CallOptions,
    more: object = {},
  ): Promise<Result<store.Members>> {
    if (!/^[0-9a-f]{1,16}$/.test(memberId)) {
      const gone = fail(`cannot ${what}: that is no member`, { code: "member-gone" });
      return Promise.resolve(gone);
    }
    const request = { ID: values.decimal(memberId), ...more };
    return mapped(
      this.#write<protocol.IMemberListResponse>("Cluster", method, request, { ...options, what }),
      (answer) => values.membersOf(answer, this.#speaks),
    );
  }

  status(clientUrl: string, options: CallOptions): Promise<Result<store.MemberStatus>> {
    const question: Question = {
      what: "ask for the status",
      service: "Maintenance",
      method: "status",
      request: {},
      reads: true,
    };
    return mapped(
      this.#pool.askAt<protocol.IStatusResponse>(clientUrl, question, options),
      values.statusOf,
    );
  }

  async compact(revision: number, options: CallOptions): Promise<Result<void>> {
    const request = { revision, physical: true };
    const question = { ...options, what: `compact the store to ${revision}` };
    const answer = await this.#write("KV", "compact", request, question);
    // Somebody else has done it.
    return answer.ok || answer.failure.code === "compacted" ? ok(undefined) : answer;
  }

  defragment(clientUrl: string, options: CallOptions): Promise<Result<void>> {
    const question: Question = {
      what: "defragment the store",
      service: "Maintenance",
      method: "defragment",
      request: {},
      reads: false,
    };
    return mapped(this.#pool.askAt(clientUrl, question, options), () => undefined);
  }

  async disarm(options: CallOptions): Promise<Result<void>> {
    const question = { ...options, what: "end the alarm of a full store" };
    const ask = (request: object) =>
      this.#write<protocol.IAlarmResponse>("Maintenance", "alarm", request, question);
    const armed = await ask({ action: values.ALARM_GET });
    if (!armed.ok) return armed;
    for (const { memberID, alarm } of armed.value.alarms) {
      // Another alarm is about another danger.
      if (values.alarmNumber(alarm) !== values.NO_SPACE) continue;
      const request = { action: values.ALARM_END, memberID, alarm: values.NO_SPACE };
      const ended = await ask(request);
      if (!ended.ok) return ended;
    }
    return ok(undefined);
  }

  rightsStanding(options: CallOptions): Promise<Result<store.RightsStanding>> {
    return rights.rightsStanding(this.#pool, options);
  }

  readRights(options: CallOptions): Promise<Result<RightsState>> {
    return rights.readRights(this.#pool, options);
  }

  changeRights(change: RightsChange, options: CallOptions): Promise<Result<void>> {
    return rights.changeRights(this.#pool, change, options);
  }

  setEndpoints(clientUrls: readonly string[]): void {
    this.#pool.setEndpoints(clientUrls);
  }

  close(): void {
    this.#hearNoMore();
    for (const watch of [...this.#watches]) watch.close();
    this.#pool.close();
  }

  #read<T>(
    service: Question["service"],
    method: string,
    request: object,
    { what, ...options }: CallOptions & { readonly what: string },
  ): Promise<Result<T>> {
    return this.#pool.ask({ what, service, method, request, reads: true }, options);
  }

  #write<T>(
    service: Question["service"],
    method: string,
    request: object,
    { what, ...options }: CallOptions & { readonly what: string },
  ): Promise<Result<T>> {
    return this.#pool.ask({ what, service, method, request, reads: false }, options);
  }
}

function placeOf(operation: StoreOperation): string {
  return operation.type === "deleteRange" ? operation.range.from : operation.key;
}

async function mapped<T, U>(asked: Promise<Result<T>>, map: (answer: T) => U): Promise<Result<U>> {
  const answer = await asked;
  return answer.ok ? ok(map(answer.value)) : answer;
}
