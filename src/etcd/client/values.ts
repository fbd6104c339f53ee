/**
 * The store's values and those of etcd's protocol, one into the other.
 *
 * @module
 */

import type { IKeyValue, IMember, IResponseHeader, IStatusResponse } from "etcd3";
import {
  byName,
  type Compare,
  type LeaseId,
  type Member,
  type Members,
  type MemberStatus,
  type StoreEntry,
  type StoreOperation,
} from "../../cluster/store/store.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text as bytes. (To a text the protocol's library would say Base64.) */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes as text. */
export function text(value: Uint8Array): string {
  return decoder.decode(value);
}

/** A number of 64 bits, which comes in decimal digits, as etcd prints it: in hexadecimal ones. */
export function hex(decimal: string): string {
  return BigInt(decimal).toString(16);
}

/** The number of 64 bits that these hexadecimal digits are, in decimal ones. */
export function decimal(hexadecimal: string): string {
  return BigInt(`0x${hexadecimal}`).toString();
}

/** A key with its value. */
export function entryOf(kv: IKeyValue): StoreEntry {
  return {
    key: text(kv.key),
    value: text(kv.value),
    createRevision: Number(kv.create_revision),
    modRevision: Number(kv.mod_revision),
    version: Number(kv.version),
    ...(kv.lease === "0" ? {} : { lease: kv.lease }),
  };
}

/** The store's revision at the time of an answer. */
export function revisionOf({ header }: { readonly header: IResponseHeader }): number {
  return Number(header.revision);
}

/** Which cluster has answered. */
export function clusterOf({ header }: { readonly header: IResponseHeader }): string {
  return hex(header.cluster_id);
}

/** A member of the cluster. */
export function memberOf(member: IMember): Member {
  return {
    id: hex(member.ID),
    name: member.name,
    peerUrls: member.peerURLs,
    clientUrls: member.clientURLs,
    learner: member.isLearner,
  };
}

/** The members in an answer; of those that answer in two ways, where they do so in the one of `speaks`. */
export function membersOf(
  answer: { readonly header: IResponseHeader; readonly members: IMember[] },
  speaks?: "http" | "https",
): Members {
  const members = answer.members.map(memberOf).map((member) => {
    const able = member.clientUrls.filter((url) => url.startsWith(`${speaks}:`));
    return able.length === 0 ? member : { ...member, clientUrls: able };
  });
  return { clusterId: clusterOf(answer), members: members.sort(byName) };
}

/** What one etcd says of itself. */
export function statusOf(
  // etcd says its quota since 3.6, which etcd3's types do not know.
  status: IStatusResponse & { readonly dbSizeQuota?: string },
): MemberStatus {
  const leaderId = hex(status.leader);
  return {
    clusterId: clusterOf(status),
    memberId: hex(status.header.member_id),
    ...(leaderId === "0" ? {} : { leaderId }),
    learner: status.isLearner,
    raftTerm: Number(status.raftTerm),
    raftIndex: Number(status.raftIndex),
    raftAppliedIndex: Number(status.raftAppliedIndex),
    databaseBytes: Number(status.dbSize),
    inUseBytes: Number(status.dbSizeInUse),
    quotaBytes: Number(status.dbSizeQuota ?? 0),
    revision: Number(status.header.revision),
    version: status.version,
    // Each names those of all members.
    alarms: [
      ...new Set(status.errors.flatMap((error) => /alarm:(\w+)/.exec(error)?.[1] ?? [])),
    ],
  };
}

/** By their numbers: a name that etcd3's protocol spells in another way would count as the first. */
const EQUAL = 0, NOT_EQUAL = 3;
const CREATE = 1, MOD = 2, VALUE = 3;
export const ALARM_GET = 0, ALARM_END = 2, NO_SPACE = 1;

/** An alarm by its number, as which or as whose name in etcd3's protocol it comes. */
export function alarmNumber(alarm: string | number): number {
  return alarm === "Nospace" ? NO_SPACE : Number(alarm);
}

/** A condition of a transaction. */
export function compareRequest(compare: Compare): object {
  const key = bytes(compare.key);
  const result = compare.not === true ? NOT_EQUAL : EQUAL;
  if ("create" in compare) {
    return { key, result, target: CREATE, create_revision: compare.create };
  }
  if ("mod" in compare) return { key, result, target: MOD, mod_revision: compare.mod };
  return { key, result, target: VALUE, value: bytes(compare.value) };
}

/** One part of a transaction. */
export function operationRequest(operation: StoreOperation): object {
  switch (operation.type) {
    case "put":
      return { request_put: putRequest(operation.key, operation.value, operation.lease) };
    case "delete":
      return { request_delete_range: { key: bytes(operation.key) } };
    case "deleteRange": {
      const { from, to } = operation.range;
      return { request_delete_range: { key: bytes(from), range_end: bytes(to) } };
    }
    case "get":
      return { request_range: { key: bytes(operation.key) } };
  }
}

/** A write of one key. */
export function putRequest(key: string, value: string, lease: LeaseId | undefined): object {
  return {
    key: bytes(key),
    value: bytes(value),
    ...(lease === undefined ? {} : { lease }),
  };
}
