/**
 * What keeps the store from being full, and mends it when it is. Pure, as all that decides.
 *
 * etcd keeps each older value until it is compacted, and a file that has grown until it is
 * defragmented; at its quota it takes nothing more until its alarm is ended. So history goes by its
 * size and by the number of its revisions, and a file that is mostly free room is given back, one
 * member after the other. Where others' etcd runs too, nothing of that is ours to do.
 *
 * A learner takes all writes, too, and its full file closes the store for all; but etcd gives back a
 * learner's room only when it starts. So its own host starts it anew, which costs no vote.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { describeFill, type Fill, FULL_ALARM, NEARLY_FULL } from "../../base/store_fill.ts";
import { hostOfMember } from "../store/keys.ts";
import type { Member, MemberStatus } from "../store/store.ts";

/** A member of etcd with what it says of its database. */
export interface UpkeepPart {
  readonly id: string;
  /** For people. */
  readonly host: string;
  /** One of our hosts runs it. */
  readonly ours: boolean;
  readonly learner: boolean;
  readonly clientUrl: string | undefined;
  /** Undefined: it does not answer. */
  readonly status: MemberStatus | undefined;
  /**
   * It was not defragmented since the last compaction: etcd counts what that freed only with a later
   * write, and a full store takes none.
   */
  readonly unsure?: boolean;
}

/** All that {@linkcode upkeep} knows. */
export interface StoreView {
  readonly parts: readonly UpkeepPart[];
  /** A change of members is under way. */
  readonly isChanging: boolean;
  /** No other is defragmented as far as can be known, nor has one failed at it a moment ago. */
  readonly mayDefragment: boolean;
  /** The alarm was not ended a moment ago. */
  readonly mayDisarm: boolean;
  /** It has not been full for so long that a learner's host would have seen to its file by now. */
  readonly waitsForLearners: boolean;
  /** What was the last revision half a minute ago: watches and lists may still need what came later. */
  readonly keptRevision: number;
  /** What was the last one when this host began to look. */
  readonly firstRevision: number;
  /** The store was compacted to this one; 0: not by this host. */
  readonly compactedTo: number;
  /** The least that was in use since then. */
  readonly baseBytes: number;
  /** The revision at which it was first seen to be full. */
  readonly fullRevision?: number;
}

/** What is to be done, and why. */
export type Upkeep =
  & { readonly reason: string }
  & (
    | { readonly type: "none" }
    | { readonly type: "compact"; readonly revision: number }
    | { readonly type: "defragment"; readonly host: string; readonly clientUrl: string }
    | { readonly type: "disarm" }
  );

/** Below that part of the quota the alarm may end: there is room for what comes next. */
const ROOM = 0.95;
/** History of that part of the quota goes; where more than half is in use, all history does. */
const HISTORY = 1 / 8;
const SCARCE = 0.5;
/** So many revisions of history go, too, however small they are. */
const MOST_REVISIONS = 10_000;
/** So much of a file must be free for it to be worth while; less where the store is full. */
const WORTH = 0.5;
const WORTH_FULL = 0.9;
/** A member that is further behind than that, in entries of the log, is waited for. */
const MOST_BEHIND = 1000;

const STILL_FULL = "the store is full of what is in it now, not of history: " +
  "export less, or remove what others have written";

/** How full the fullest is, and whose that is by these names; undefined: nobody answers. */
export function fillOf(
  statuses: Iterable<MemberStatus>,
  members: readonly Pick<Member, "id" | "name">[],
): Fill | undefined {
  const all = [...statuses];
  const [fullest] = all.sort((a, b) => filled(b) - filled(a));
  if (fullest === undefined) return undefined;
  const name = members.find(({ id }) => id === fullest.memberId)?.name;
  return {
    ...(all.length > 1 && name ? { host: hostOfMember(name) ?? name } : {}),
    databaseBytes: fullest.databaseBytes,
    inUseBytes: Math.max(...all.map(({ inUseBytes }) => inUseBytes)),
    quotaBytes: quotaOf(fullest),
    full: all.some(isFull),
  };
}

/** One thing to do, or none. */
export function upkeep(view: StoreView): Upkeep {
  const statuses = view.parts.flatMap(({ status }) => status ?? []);
  const fill = fillOf(statuses, view.parts.map(({ id, host }) => ({ id, name: host })));
  if (fill === undefined) return { type: "none", reason: "no member answers" };
  const foreign = view.parts.find(({ ours }) => !ours);
  if (foreign !== undefined) {
    return { type: "none", reason: `${foreign.host} is not ours: its owner looks after the store` };
  }
  const revision = Math.max(...statuses.map((status) => status.revision));
  return fill.full
    ? mend(view, fill, revision)
    : compactInTime(view, fill, revision) ?? giveBack(view) ??
      { type: "none", reason: describeFill(fill) };
}

/** Full: all history goes, then the room is given back, then writes are taken again. */
function mend(view: StoreView, fill: Fill, revision: number): Upkeep {
  if (view.compactedTo < (view.fullRevision ?? revision)) {
    return { type: "compact", revision, reason: "the store is full: forgets its history" };
  }
  const next = fragmented(
    view,
    (part, status) => hasRoom(status, WORTH_FULL) || mayHave(part, status),
  );
  if (next !== undefined && view.mayDefragment) {
    return { ...next, reason: `the store is full: ${next.host} gives free room back` };
  }
  if (next !== undefined) {
    return { type: "none", reason: `the store is full: ${next.host} is next` };
  }
  const crowded = view.parts.filter(({ status }) => status !== undefined && filled(status) >= ROOM);
  if (crowded.some(({ learner }) => !learner)) {
    // Whoever removes something makes history of it.
    if (revision > view.compactedTo) return { type: "compact", revision, reason: STILL_FULL };
    return { type: "none", reason: STILL_FULL };
  }
  // Without writes a learner does not say what it has free: so only one that says so is waited for.
  const slow = crowded.find(isSlow);
  if (slow !== undefined && view.waitsForLearners) {
    const reason = `the store is full: waits for ${slow.host}, a learner, ` +
      "whose etcd gives free room back when it starts anew";
    return { type: "none", reason };
  }
  if (!view.mayDisarm) {
    const reason = "the store was full a moment ago: waits before it takes writes again";
    return { type: "none", reason };
  }
  const left = describeFill({ ...fill, full: false });
  const [learner] = crowded;
  const reason = learner === undefined
    ? `the store has room again: ${left}`
    : `the store takes writes again, for a moment: ${left}; ${learner.host}, a learner, gives free ` +
      "room back when its etcd starts anew, which its agent sees to";
  return { type: "disarm", reason };
}

/**
 * Whether the etcd with this status is a learner that should be started anew by its host: its file
 * has so much free room that the store gains by it.
 */
export function gainsByStart(status: MemberStatus): boolean {
  return status.learner && hasRoom(status, isFull(status) ? WORTH_FULL : WORTH);
}

/**
 * Whether the etcd with this status is a learner for whose file one of the next writes would close the
 * store, though it is open. What of that file is free room it may not have counted: it does so only with a
 * write that comes after what made room, and a start does, too.
 */
export function isAtLimit(status: MemberStatus): boolean {
  return status.learner && !isFull(status) && filled(status) >= ROOM;
}

/** Only its own host can have its free room given back. */
function isSlow({ learner, status }: UpkeepPart): boolean {
  return learner && status !== undefined && hasRoom(status, WORTH_FULL);
}

/** History goes before it is in the way, the last half minute of it only where room is scarce. */
function compactInTime(
  { compactedTo, firstRevision, keptRevision, baseBytes }: StoreView,
  { inUseBytes, quotaBytes }: Fill,
  revision: number,
): Upkeep | undefined {
  const target = inUseBytes >= SCARCE * quotaBytes ? revision : keptRevision;
  const isMuch = inUseBytes - baseBytes >= HISTORY * quotaBytes;
  const isLong = target - Math.max(compactedTo, firstRevision) >= MOST_REVISIONS;
  if (target <= compactedTo || !isMuch && !isLong) return undefined;
  return { type: "compact", revision: target, reason: "the store forgets its older history" };
}

/** Also of a cluster of one: for the moment that it takes nobody is served, but nothing is lost. */
function giveBack(view: StoreView): Upkeep | undefined {
  const { parts, isChanging, mayDefragment } = view;
  if (isChanging || !mayDefragment || !parts.every(isWell)) return undefined;
  const next = fragmented(view, (_, status) => hasRoom(status, WORTH));
  if (next === undefined) return undefined;
  return { ...next, reason: `the store is mostly free room: ${next.host} gives it back` };
}

/** Whose file gains by it; who leads etcd comes last. */
function fragmented(
  { parts }: StoreView,
  gains: (part: UpkeepPart, status: MemberStatus) => boolean,
): Upkeep & { type: "defragment" } | undefined {
  const able = parts.flatMap((part) => {
    const { status, host, learner, clientUrl } = part;
    // A learner serves no such call.
    if (status === undefined || clientUrl === undefined || learner) return [];
    if (!gains(part, status)) return [];
    return [{ host, clientUrl, leads: status.leaderId === status.memberId }];
  });
  const next = able.find(({ leads }) => !leads) ?? able[0];
  return next && { type: "defragment", host: next.host, clientUrl: next.clientUrl, reason: "" };
}

/** Its file is high, and it may have free room that it has not counted yet. */
function mayHave({ unsure }: UpkeepPart, status: MemberStatus): boolean {
  return unsure === true && filled(status) >= NEARLY_FULL;
}

/** Its file is high, and has that much free room. */
function hasRoom(status: MemberStatus, worth: number): boolean {
  return filled(status) >= NEARLY_FULL && status.inUseBytes <= worth * status.databaseBytes;
}

/** The part of its quota that its file has. */
function filled(status: MemberStatus): number {
  return status.databaseBytes / quotaOf(status);
}

/** Runs, and is not far behind: it may still be at what it was told before. */
function isWell({ status }: UpkeepPart): boolean {
  return status !== undefined && status.raftIndex - status.raftAppliedIndex <= MOST_BEHIND;
}

function isFull({ alarms }: MemberStatus): boolean {
  return alarms.includes(FULL_ALARM);
}

function quotaOf({ quotaBytes }: MemberStatus): number {
  return quotaBytes > 0 ? quotaBytes : LIMITS.storeBytes;
}
