/**
 * What the leader sees when it decides. Times are the leader's own monotonic milliseconds: how long
 * something has been so is counted by who looks, never read from another host's clock.
 *
 * @module
 */

import type { MembershipChange } from "../store/membership_change.ts";
import type { RollingRecord, SecureRecord, SecureStage } from "../store/records.ts";

/** A member of etcd, with what is known of its health. */
export interface ViewMember {
  readonly id: string;
  /** The host it belongs to; undefined: not ours, counted but never touched. */
  readonly host: string | undefined;
  readonly peerUrls: readonly string[];
  readonly learner: boolean;
  /** It goes with the run that made its cluster. */
  readonly temporary?: true;
  /** Has run at least once. */
  readonly started: boolean;
  /** It has just answered. */
  readonly answers: boolean;
  /** Since when it has given no sign: it does not answer, and no live host says that it runs it. */
  readonly silentSince?: number;
  /** It says that it knows of no leader of etcd. */
  readonly isCutOff?: true;
  /** It has not applied what others have long since. */
  readonly isBehind?: true;
  /** With which arguments its etcd runs, as its host says. */
  readonly generation?: string;
  /** Since when it is too far behind to be promoted; undefined: it is in sync. */
  readonly lagSince?: number;
  /** Its host has been asked to run it: since when, and whether with today's list of members. */
  readonly nomination?: { readonly since: number; readonly current: boolean };
  /** Since when its host says that it cannot start it. */
  readonly failsSince?: number;
  /** Since when it has not run, and no host is known that is to run it. */
  readonly unclaimedSince?: number;
  /** Somebody has said that it does not come back, and it gives no sign of life. */
  readonly forgotten?: boolean;
  /** Its host is cast out, whatever sign of life it gives. */
  readonly evicted?: true;
}

/** An operator's word about a member that is done, or no longer true. */
export interface SpentWord {
  readonly memberId: string;
  readonly why: string;
}

/** A host that is there, or of which something is written down. */
export interface ViewHost {
  readonly host: string;
  readonly live: boolean;
  /** It would run etcd at these URLs. */
  readonly volunteer?: {
    readonly peerUrls: readonly string[];
    readonly clientUrls?: readonly string[];
  };
  /** Since when it has offered that, as far as this leader has seen. */
  readonly offeredSince?: number;
  /** Of the store, when it made its offer. */
  readonly offerRevision?: number;
  /** Why it offers nothing, as it says. */
  readonly unwilling?: string;
  readonly domain?: string;
  /** Why it could run no etcd at all, as it says, though it offers to. */
  readonly unfit?: string;
  /** The member that it says it runs. */
  readonly memberId?: string;
  /** It failed when it was asked, and is left alone until then. */
  readonly backoffUntil?: number;
  /** For how long in all. */
  readonly backoffMs?: number;
  /** Why, in words. */
  readonly backoffWhy?: string;
  /** How often it has failed in a row. */
  readonly failures: number;
  /** A nomination is written down for it. */
  readonly nominated: boolean;
}

/** What the leader knows of a cluster that becomes one with TLS, or goes back (`securing.ts`). */
export interface SecuringView {
  readonly record: SecureRecord;
  /** How far each host is, as it says. */
  readonly stages: ReadonlyMap<string, SecureStage>;
}

/** All that {@linkcode decide} knows. */
export interface View {
  /** The host that looks. */
  readonly self: string;
  readonly idealSize: number;
  readonly members: readonly ViewMember[];
  readonly hosts: readonly ViewHost[];
  /** Orders to forget members with which nothing is to be done any more. */
  readonly spent?: readonly SpentWord[];
  /** The journal: the change that is under way. */
  readonly operation?: MembershipChange;
  /** Members start their etcds anew. */
  readonly rolling?: RollingRecord;
  /** It becomes one with TLS, or goes back from there. */
  readonly securing?: SecuringView;
  /** etcd refused an addition because a voter is silent: it must go first. */
  readonly addRefused: boolean;
  /** The last change failed: nothing is begun before that time. */
  readonly pausedUntil?: number;
  /** What failed, and why. */
  readonly pausedWhy?: string;
}

/** How long is waited for what. */
export interface TimeLimits {
  /** For a nominee to start. */
  readonly nominationMs: number;
  /** For one that says that it fails. */
  readonly failureMs: number;
  /** For a member without a sign of life. */
  readonly deadMs: number;
  /** For a learner that does not catch up. */
  readonly lagMs: number;
  /** For others, by who is alone, when somebody offers itself. */
  readonly gatherMs: number;
}

/** What holds unless an option says otherwise. */
export const PATIENCE: TimeLimits = {
  nominationMs: 30_000,
  failureMs: 10_000,
  deadMs: 120_000,
  lagMs: 120_000,
  gatherMs: 1000,
};

/** Learners at the same time, as etcd is told with `--max-learners`. */
export const MOST_LEARNERS = 2;

/** The members that vote. */
export function votersOf(members: readonly ViewMember[]): readonly ViewMember[] {
  return members.filter((member) => !member.learner);
}

/** The members that do not vote. */
export function learnersOf(members: readonly ViewMember[]): readonly ViewMember[] {
  return members.filter((member) => member.learner);
}

/** Runs and answers. */
export function isUp(member: ViewMember): boolean {
  return member.started && member.answers;
}

/** A voter that nobody ever ran: never one of ours, which learn first. Somebody added it by hand. */
export function isStray(member: ViewMember): boolean {
  return !member.learner && !member.started;
}

/** Is not waited for any more: somebody said so, or it has given no sign of life for that long. */
export function isDead(member: ViewMember, now: number, patience: TimeLimits): boolean {
  const since = isStray(member) ? member.unclaimedSince : member.silentSince;
  return member.forgotten === true || since !== undefined && now - since >= patience.deadMs;
}

/** The host with that name, if anything is known of it. */
export function hostNamed(view: View, host: string | undefined): ViewHost | undefined {
  return view.hosts.find((each) => each.host === host);
}

/** Its host is there, itself and no other of that name, and has taken back its offer to run etcd. */
export function isWithdrawn(view: View, member: ViewMember): boolean {
  const host = hostNamed(view, member.host);
  if (host?.live !== true || host.volunteer !== undefined) return false;
  return !member.started || host.memberId === member.id;
}

/** That a member is silent or dead, in words; its host may be there and say why it runs no etcd. */
export function absence(view: View, { id, host }: ViewMember, is: "silent" | "dead"): string {
  const unfit = hostNamed(view, host)?.unfit;
  return `${host ?? id} ${unfit === undefined ? `is ${is}` : `runs no etcd (${unfit})`}`;
}

/** Votes that are needed among so many voters. */
export function quorum(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** How many of the voters that are up may fail before nothing can be written; below 0: none can now. */
export function mayFail(members: readonly ViewMember[]): number {
  const voters = votersOf(members);
  return voters.filter(isUp).length - quorum(voters.length);
}
