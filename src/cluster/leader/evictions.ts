/**
 * Hosts that are cast out: what is written at once, and what the leader does about the rest. Pure.
 *
 * First, in one transaction, its name is free and its certificates are listed as such that count no more:
 * from that follows everything else, so it does not matter who is killed when. Then the leader deletes its
 * user, and what it wrote until then goes: before that its host could write it again.
 *
 * @module
 */

import {
  bindingKey,
  certificateKey,
  exportsRange,
  grantedRange,
  leaderKey,
  liveKey,
  parseKey,
  revokedKey,
  volunteerKey,
} from "../store/keys.ts";
import { ownGrants } from "../store/rights.ts";
import { type CastOutRecord, read, type RevokedRecord, write } from "../store/records.ts";
import type { Compare, StoreEntry, StoreOperation, StoreTransaction } from "../store/store.ts";

/** Who is to be cast out: a name, the id that it is bound to, and all else that the store says of it. */
export interface Evicted {
  readonly host: string;
  readonly id: string;
  /** All bindings of that id; it may have several names. */
  readonly bindings: readonly StoreEntry[];
  /** Who was cast out before. */
  readonly revoked: StoreEntry | undefined;
}

/** Who was cast out before. */
export function castOutIn(revoked: StoreEntry | undefined): readonly CastOutRecord[] {
  return read.revoked(revoked?.value)?.hosts ?? [];
}

/** Of the first so many of them certificates count no more in any case. */
export function formerIn(revoked: StoreEntry | undefined): number {
  return read.revoked(revoked?.value)?.former ?? 0;
}

/** The certificates of the first so many were signed by an authority that is believed no more: no list needs them. */
export function withFormer(revoked: StoreEntry, castOut: number): RevokedRecord {
  const former = Math.max(formerIn(revoked), castOut);
  const hosts = castOutIn(revoked)
    .map((each, index) => index < former ? { ...each, serials: [] } : each);
  return { hosts, former };
}

/** The same record, with other hosts in it. */
function withHosts(revoked: StoreEntry | undefined, hosts: RevokedRecord["hosts"]): RevokedRecord {
  return { ...read.revoked(revoked?.value), hosts };
}

/** The certificates that count no more. */
export function revokedSerials(hosts: readonly CastOutRecord[]): readonly string[] {
  return [...new Set(hosts.flatMap(({ serials }) => serials))].sort();
}

/** Casts it out. It reads why at its certificate's place, as long as it may: until its user is gone. */
export function evicting(
  { host, id, bindings, revoked }: Evicted,
  wallMs: number,
): StoreTransaction {
  const serials = bindings.flatMap(({ value }) => read.binding(value)?.serials ?? []);
  const names = bindings.flatMap(({ key }) => {
    const parsed = parseKey(key);
    return parsed?.type === "binding" ? [parsed.host] : [];
  });
  const record = { host, id, serials: [...new Set(serials)], at: wallMs };
  const list = withHosts(revoked, [...castOutIn(revoked), record]);
  return {
    when: [
      { key: revokedKey(), mod: revoked?.modRevision ?? 0 },
      ...bindings.map(({ key, modRevision: mod }) => ({ key, mod })),
    ],
    then: [
      ...bindings.map(({ key }) => ({ type: "delete", key } as const)),
      { type: "put", key: revokedKey(), value: write(list) },
      ...names.map((name): StoreOperation => ({
        type: "put",
        key: certificateKey(name),
        value: write({ of: 0, castOutAt: wallMs }),
      })),
      // So that it is seen at once; it may still write it again.
      ...[liveKey(host), volunteerKey(host)].map((key) => ({ type: "delete", key } as const)),
      { type: "deleteRange", range: exportsRange(host) },
    ],
  };
}

/** Of whom something may be left, in the order in which they were cast out. */
export function leftOf(entries: readonly StoreEntry[]): readonly CastOutRecord[] {
  const revoked = entries.find(({ key }) => key === revokedKey());
  return castOutIn(revoked).filter(({ isGone }) => isGone !== true);
}

/**
 * Removes what is left of one, whose user is gone, and says so; while this leader leads (`fence`: the create
 * revision of its key). What another host has under that name by now is left alone.
 */
export function clearing(
  { host, id }: CastOutRecord,
  entries: readonly StoreEntry[],
  fence: number,
): StoreTransaction {
  const found = (key: string) => entries.find((entry) => entry.key === key);
  const [revoked, live, binding] = [revokedKey(), liveKey(host), bindingKey(host)].map(found);
  const hosts = castOutIn(revoked).map((each) =>
    each.host === host && each.id === id ? { ...each, isGone: true } as const : each
  );
  const isOthers = binding !== undefined ||
    live !== undefined && read.live(live.value)?.id !== id && live.lease !== undefined;
  const when: Compare[] = [
    { key: leaderKey(), create: fence },
    { key: revokedKey(), mod: revoked?.modRevision ?? 0 },
    { key: bindingKey(host), mod: binding?.modRevision ?? 0 },
    ...isOthers ? [] : [{ key: liveKey(host), mod: live?.modRevision ?? 0 }],
  ];
  const said: StoreOperation = {
    type: "put",
    key: revokedKey(),
    value: write(withHosts(revoked, hosts)),
  };
  return { when, then: isOthers ? [said] : [said, ...traces(host)] };
}

/** All that it could write or was given, by the same table as its rights. */
function traces(host: string): readonly StoreOperation[] {
  const ranges = [...ownGrants(host), grantedRange(host)];
  return ranges.map(({ from, to }) => ({ type: "deleteRange", range: { from, to } }));
}
