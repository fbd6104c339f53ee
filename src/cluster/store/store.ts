/**
 * The store of the cluster as the rest of the program needs it. The real one is etcd; a model of it
 * stands in for it in the simulation. One contract test holds both to what is said here.
 *
 * Every call has a deadline, and expected failures are values: no call rejects. A failure's `code`
 * is a {@linkcode StoreFailureCode}. After `deadline` and `unavailable` it is unknown whether a
 * write took place: read again.
 *
 * Reads are linearizable: they need a majority of the voters, and answer with what was there at
 * some moment between call and answer. The exceptions are `status`, and `list` with `serializable`.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import type { Credentials, EtcdUser } from "../../base/credentials.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, type Result } from "../../base/result.ts";
import type { KeyRange } from "./keys.ts";
import type { RightsChange, RightsState } from "./rights.ts";

/** Why a call failed, for programs. */
export type StoreFailureCode =
  /** No answer in time; a write may have taken place, or still take place. */
  | "deadline"
  /** Nobody was reached, or who was reached has no leader; a write may have taken place. */
  | "unavailable"
  /** The call was given up by its signal; a write may have taken place. */
  | "aborted"
  /** The endpoints belong to another cluster than the pinned one. */
  | "foreign-cluster"
  /** Who answered is a learner, which serves no such call. */
  | "learner"
  /** The revision asked for is no longer there. */
  | "compacted"
  /** There is no such lease (any more). */
  | "lease-gone"
  /** There is no such member (any more). */
  | "member-gone"
  /** A member has that peer URL already. */
  | "member-exists"
  /** The member to be promoted is a voter already. */
  | "not-learner"
  /** The learner lags too far behind to be promoted. */
  | "not-in-sync"
  /** There are as many learners as are allowed. */
  | "too-many-learners"
  /** The change would leave fewer started voters than are needed. */
  | "not-enough-started"
  /** A voter is not connected, or has been for less than five seconds: no member change now. */
  | "unhealthy"
  /** The answer would have more bytes than are taken: ask for less. */
  | "too-large"
  /** The database is full. */
  | "no-space"
  /** This host's certificate is not accepted there, or that of the etcd not here; nothing was asked. */
  | "untrusted"
  /** It would be plain text where TLS is asked for, or TLS without certificates; nothing was asked. */
  | "speaks-plain"
  | "speaks-tls"
  /** Who asks has no right to it: nothing was done. */
  | "permission-denied"
  /** An etcd that others run does not know who asks, or does not let him do that; the hint says what to do. */
  | "unauthorized"
  /** Rights kept on changing while it was asked, again and again: nothing was done. */
  | "rights-changing"
  /** Refused for a reason that has no word here; the message has it. */
  | "refused";

/** What holds for every call. */
export interface CallOptions {
  /** Milliseconds from now after which the answer is the failure `deadline`. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** One key with its value. */
export interface StoreEntry {
  readonly key: string;
  readonly value: string;
  /** The revision at which the key came into being (again). */
  readonly createRevision: number;
  /** The revision of the last write. */
  readonly modRevision: number;
  /** Writes since it came into being, from 1. */
  readonly version: number;
  readonly lease?: LeaseId;
}

/** Names a lease; opaque. */
export type LeaseId = string;

/** One key as it was at `revision`, the store's own at that moment. */
export interface Got {
  readonly entry: StoreEntry | undefined;
  readonly revision: number;
}

/** Entries in the order of their keys. */
export interface RangePage {
  readonly entries: readonly StoreEntry[];
  /** The store's revision when the first page was read; the next pages are to be asked for at it. */
  readonly revision: number;
  /** Where the next page begins; undefined: this was the last. */
  readonly next?: string;
}

/** Which page. */
export interface PageOptions extends CallOptions {
  /** Entries at most. */
  readonly limit: number;
  /** As of then; default: now. Fails with `compacted` when that is too long ago. */
  readonly revision?: number;
  /** What the one that answers has, perhaps old: needs no majority, and learners serve it too. */
  readonly serializable?: boolean;
  /** Without their values: of keys that strangers write, nobody knows how long those are. */
  readonly keysOnly?: boolean;
}

/**
 * A condition on one key. Where there is no such key, `create` and `mod` are 0, and no condition on
 * the value holds, with `not` neither.
 */
export type Compare =
  & { readonly key: string; readonly not?: boolean }
  & (
    | { readonly create: number }
    | { readonly mod: number }
    | { readonly value: string }
  );

/** One part of a transaction. */
export type StoreOperation =
  | { readonly type: "put"; readonly key: string; readonly value: string; readonly lease?: LeaseId }
  | { readonly type: "delete"; readonly key: string }
  | { readonly type: "deleteRange"; readonly range: KeyRange }
  | { readonly type: "get"; readonly key: string };

/** All of `then` if all of `when` hold, else all of `otherwise`; at one revision. At most 128 each. */
export interface StoreTransaction {
  readonly when: readonly Compare[];
  readonly then: readonly StoreOperation[];
  readonly otherwise?: readonly StoreOperation[];
}

/** What a transaction did. */
export interface TransactionResult {
  /** Whether the conditions held. */
  readonly succeeded: boolean;
  readonly revision: number;
  /** For each `get` of the branch that was taken, in its order. */
  readonly got: readonly (StoreEntry | undefined)[];
}

/** A lease as granted or kept. */
export interface Lease {
  readonly id: LeaseId;
  /** From now; count it by a monotonic clock from before the call. */
  readonly ttlMs: number;
}

/** One change of one key. */
export interface KeyChange {
  readonly key: string;
  /** Undefined: it was removed (also because its lease ended). */
  readonly entry: StoreEntry | undefined;
  readonly revision: number;
}

/** Hears of changes. Called in the order of revisions, each revision whole. */
export interface WatchListener {
  changed(changes: readonly KeyChange[]): void;
  /** The last call: nothing more will come. List again, and watch from that revision + 1. */
  broken(failure: WatchFailure): void;
}

/** Why a watch ended: `compacted`, or anything that lost its connection for good. */
export type WatchFailure = Extract<Result<never>, { ok: false }>["failure"];

/** A running watch. */
export interface StoreWatch {
  /** Ends it; `broken` is not called. Harmless when it has ended. */
  close(): void;
}

/** A member of the etcd cluster. */
export interface Member {
  /** Hexadecimal, without leading zeros, as etcd prints it. */
  readonly id: string;
  /** Empty until it has started for the first time. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Empty until it has started for the first time. */
  readonly clientUrls: readonly string[];
  readonly learner: boolean;
}

/** All members, and which cluster they are. */
export interface Members {
  readonly clusterId: string;
  /** In the order of `byName`. */
  readonly members: readonly Member[];
}

/** The order in which members are listed: etcd's own, by their random ids, is another in each cluster. */
export function byName(one: Member, other: Member): number {
  const [a, b] = [`${one.name} ${one.id}`, `${other.name} ${other.id}`];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What a new member needs in order to start. */
export interface AddedMember extends Members {
  readonly added: Member;
}

/** What one etcd says of itself. */
export interface MemberStatus {
  readonly clusterId: string;
  readonly memberId: string;
  /** Undefined: it knows of no leader. */
  readonly leaderId?: string;
  readonly learner: boolean;
  readonly raftTerm: number;
  /** The last entry it knows to be committed, and the last that it has applied. */
  readonly raftIndex: number;
  readonly raftAppliedIndex: number;
  /** Its database's file, which grows and never shrinks but by being defragmented. */
  readonly databaseBytes: number;
  /** What of that holds data, with all history that was not compacted. */
  readonly inUseBytes: number;
  /** The file's size from which on etcd takes nothing more; 0: it does not say. */
  readonly quotaBytes: number;
  /** The store's revision as it has it. */
  readonly revision: number;
  readonly version: string;
  /** For instance `NOSPACE` or `CORRUPT`. */
  readonly alarms: readonly string[];
}

/** How it is with the rights, without what they are. */
export type RightsStanding = Pick<RightsState, "enabled" | "revision">;

/** The store. Made for a list of endpoints; whoever answers first serves. */
export interface Store {
  get(key: string, options: CallOptions): Promise<Result<Got>>;
  /** One page of a range; {@linkcode listAll} turns the pages. */
  list(range: KeyRange, options: PageOptions): Promise<Result<RangePage>>;
  put(
    key: string,
    value: string,
    options: CallOptions & { readonly lease?: LeaseId },
  ): Promise<Result<{ readonly revision: number }>>;
  transact(transaction: StoreTransaction, options: CallOptions): Promise<Result<TransactionResult>>;

  grantLease(ttlMs: number, options: CallOptions): Promise<Result<Lease>>;
  /** Renews once; `lease-gone` where it is too late. */
  keepLease(id: LeaseId, options: CallOptions): Promise<Result<Lease>>;
  /** Ends it at once, with all keys that were put with it. */
  revokeLease(id: LeaseId, options: CallOptions): Promise<Result<void>>;

  /** Tells of every change of the range from `fromRevision` on, until closed or broken. */
  watch(range: KeyRange, fromRevision: number, listener: WatchListener): StoreWatch;

  members(options: CallOptions): Promise<Result<Members>>;
  addLearner(peerUrls: readonly string[], options: CallOptions): Promise<Result<AddedMember>>;
  promote(memberId: string, options: CallOptions): Promise<Result<Members>>;
  removeMember(memberId: string, options: CallOptions): Promise<Result<Members>>;
  updateMember(
    memberId: string,
    peerUrls: readonly string[],
    options: CallOptions,
  ): Promise<Result<Members>>;
  /** Asks the one etcd at that client URL, also a learner, also without a majority. */
  status(clientUrl: string, options: CallOptions): Promise<Result<MemberStatus>>;

  /** Forgets the history before that revision, and resolves when its room is free. */
  compact(revision: number, options: CallOptions): Promise<Result<void>>;
  /** Has the one etcd at that client URL give free room back: meanwhile it answers nobody. */
  defragment(clientUrl: string, options: CallOptions): Promise<Result<void>>;
  /** Ends the alarm of a full database: writes are taken again. */
  disarm(options: CallOptions): Promise<Result<void>>;

  /** Whether rights are in force, and the revision of users and roles. */
  rightsStanding(options: CallOptions): Promise<Result<RightsStanding>>;
  /** All users and roles, as of one revision. */
  readRights(options: CallOptions): Promise<Result<RightsState>>;
  /** One change; what is so already is done. */
  changeRights(change: RightsChange, options: CallOptions): Promise<Result<void>>;

  /** Further calls go to these; running ones and watches go on. */
  setEndpoints(clientUrls: readonly string[]): void;
  /** Ends everything: running calls fail with `aborted`, watches are closed. */
  close(): void;
}

/** What a {@linkcode Store} is opened with. */
export interface StoreAddress {
  readonly clientUrls: readonly string[];
  /** Answers of other clusters are refused with `foreign-cluster`; undefined: any. */
  readonly clusterId?: string;
  /** Where some of these addresses are reached from here: others are told of another one. */
  readonly near?: ReadonlyMap<string, Address>;
  /** What is shown to whoever is there; absent: nothing. */
  readonly credentials?: Credentials;
  /** As whom it asks an etcd that others run, where it has a password for that. */
  readonly user?: EtcdUser;
}

/**
 * All entries of a range as of one revision, by pages, which get smaller where values are large; refused
 * where all keys and values together are longer than `mostLength`.
 */
export async function listAll(
  store: Pick<Store, "list">,
  range: KeyRange,
  options: PageOptions & { readonly mostLength?: number },
): Promise<Result<RangePage>> {
  const { mostLength = Infinity } = options;
  const entries: StoreEntry[] = [];
  let length = 0;
  let { revision, limit } = options;
  for (let from = range.from;;) {
    const atRevision = revision === undefined ? {} : { revision };
    const page = await store.list({ from, to: range.to }, { ...options, ...atRevision, limit });
    if (!page.ok && page.failure.code === "too-large" && limit > 1) {
      limit = Math.ceil(limit / 4);
      continue;
    }
    if (!page.ok) return page;
    for (const entry of page.value.entries) {
      length += entry.key.length + entry.value.length;
      if (length > mostLength) {
        return fail(`more than ${mostLength} characters below ${range.from}, at ${entry.key}`, {
          code: "refused",
        });
      }
    }
    entries.push(...page.value.entries);
    if (entries.length > LIMITS.storeEntries) {
      return fail(`more than ${LIMITS.storeEntries} entries below ${range.from}`, {
        code: "refused",
      });
    }
    revision ??= page.value.revision;
    if (page.value.next === undefined) return { ok: true, value: { entries, revision } };
    from = page.value.next;
  }
}
