/**
 * Hosts that have a certificate and want it anew, and what the leader does about them. Pure: whether a
 * request is what it says is found out by others in between (`Judged`).
 *
 * Only who has the name by the cluster's word gets anything, and only for the key that it had: so it stays
 * who it is, and what another wrote there is of no use to anybody.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import { idOfKey, renewalOf } from "../../trust/request.ts";
import { bindingKey, certificateKey, leaderKey, parseKey, requestKey } from "../store/keys.ts";
import { type BindingRecord, read, write } from "../store/records.ts";
import type { Compare, StoreEntry, StoreTransaction } from "../store/store.ts";
import { boundTo, type Judged, MOST_SERIALS } from "./joins.ts";
import { rotationIn } from "./rotation_view.ts";

/** A request that may be granted, as the store has it. */
export interface RenewalAsked {
  readonly host: string;
  readonly key: string;
  readonly text: string;
  /** What it has to count for. */
  readonly purpose: string;
  readonly revision: number;
  /** To what the name is bound, and since which revision. */
  readonly binding: BindingRecord;
  readonly bound: number;
  /**
   * It has as many certificates as are known of one host: with another one the first would be forgotten, and
   * count on when the host is cast out. Where the authority is replaced the first ones count no more.
   */
  readonly hasMost: boolean;
}

/** All that the store has of renewals. */
export interface RenewalTable {
  /** Requests that have no answer yet, in the order in which they came. */
  readonly asked: readonly RenewalAsked[];
  /** Answers that nobody waits for any more, and requests of whom they do not become. */
  readonly leftOver: readonly StoreEntry[];
}

/** Operations of one transaction. */
const MOST_CLEARED = 50;

/** Reads what is there. */
export function readRenewals(entries: readonly StoreEntry[]): RenewalTable {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  const asked: RenewalAsked[] = [];
  const leftOver: StoreEntry[] = [];
  const { step = "done" } = rotationIn(entries)?.record ?? {};
  for (const entry of entries) {
    const parsed = parseKey(entry.key);
    if (parsed?.type === "certificate" && !byKey.has(requestKey(parsed.host))) leftOver.push(entry);
    if (parsed?.type !== "request") continue;
    const bound = byKey.get(bindingKey(parsed.host));
    const request = requestOf(parsed.host, entry, bound, step !== "done");
    const answer = read.certificate(byKey.get(certificateKey(parsed.host))?.value);
    if (request === undefined) leftOver.push(entry);
    else if (answer?.of !== entry.modRevision) asked.push(request);
  }
  asked.sort((one, other) => one.revision - other.revision);
  return { asked, leftOver };
}

function requestOf(
  host: string,
  { value, modRevision: revision }: StoreEntry,
  bound: StoreEntry | undefined,
  isReplaced: boolean,
): RenewalAsked | undefined {
  const [record, binding] = [read.request(value), read.binding(bound?.value)];
  if (record === undefined || bound === undefined || binding?.role !== "host") return undefined;
  if (idOfKey(record.key) !== binding.id) return undefined;
  const purpose = renewalOf(host);
  const hasMost = !isReplaced && (binding.serials?.length ?? 0) >= MOST_SERIALS;
  return { host, ...record, purpose, revision, binding, bound: bound.modRevision, hasMost };
}

/** What is written, while this leader leads (`fence`: the create revision of its key), of what is left over. */
export function clearing({ leftOver }: RenewalTable, fence: number): StoreTransaction {
  const then = leftOver.slice(0, MOST_CLEARED).map(({ key, modRevision: mod }) => ({ key, mod }));
  return {
    when: [{ key: leaderKey(), create: fence }, ...then],
    then: then.map(({ key }) => ({ type: "delete", key })),
  };
}

/** Answers a request that was judged. */
export function renewing(
  { host, revision, binding, bound, hasMost }: RenewalAsked,
  judged: Result<Judged>,
  fence: number,
): StoreTransaction {
  const when: Compare[] = [
    { key: leaderKey(), create: fence },
    { key: requestKey(host), mod: revision },
    { key: bindingKey(host), mod: bound },
  ];
  const key = certificateKey(host);
  const isGranted = judged.ok && judged.value.id === binding.id && judged.value.role === "agent";
  if (!isGranted || hasMost) {
    return { when, then: [{ type: "put", key, value: write({ of: revision }) }] };
  }
  const { answer, serial } = judged.value;
  const known = boundTo(binding.id, serial, binding);
  return {
    when,
    then: [
      { type: "put", key, value: write({ of: revision, answer }) },
      { type: "put", key: bindingKey(host), value: write(known) },
    ],
  };
}
