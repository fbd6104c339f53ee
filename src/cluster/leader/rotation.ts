/**
 * How a cluster replaces the authority that signs its certificates, and with that casts out a host that had
 * its key. Pure, and level-based: what is next follows from the record and from what each host says of
 * itself, so any leader goes on where another stopped.
 *
 * ```text
 *   asked ─▶ share ─▶ believe ─▶ certify ─▶ forget ─▶ done
 * ```
 *
 * In each step all hosts do the same, and the next begins when all that are there have done it: hosts with
 * the server role have the next one's key; all believe both, members also in their etcd, which reads that
 * when it starts; all show certificates of the next one; it is believed alone, and members start anew again.
 * So nobody who is there meets a certificate that it does not believe. A host that is not there is waited
 * for like a member that is silent, once for all steps; then it is left behind, and named.
 *
 * @module
 */

import type { RollingRecord, RotationRecord, TrustRecord } from "../store/records.ts";
import { type AwaitedHost, notedPatience, noteEveryMs, patienceLeft } from "./rotation_patience.ts";

/** A host, as far as this concerns it. */
export interface RotationHost extends AwaitedHost {
  readonly id?: string;
  readonly trust?: TrustRecord;
}

/** A host asks for the next one's key. */
export interface KeyAsked {
  readonly host: string;
  readonly text: string;
  /** Of its request. */
  readonly revision: number;
}

/** All that is decided from. */
export interface RotationView {
  readonly record: RotationRecord;
  readonly hosts: readonly RotationHost[];
  /** Requests that have no answer yet. */
  readonly asked: readonly KeyAsked[];
  /** How many tokens and operators there are: the old authority signed theirs. */
  readonly signed: { readonly tokens: number; readonly operators: number };
  /** The host that looks is known not to have that one's key. */
  readonly lacksKey: (mark: string) => boolean;
  readonly rolling: RollingRecord | undefined;
  /** Whether all members run with that generation, and are there. */
  readonly isRolled: (generation: string) => boolean;
}

/** What is done next. */
export type RotationStep =
  /** This host is to make the next authority; then all begins. */
  | { readonly type: "make"; readonly reason: string }
  | { readonly type: "give"; readonly asked: KeyAsked; readonly reason: string }
  /** All members are to start anew, one after another. */
  | { readonly type: "roll"; readonly rolling: RollingRecord; readonly reason: string }
  | { readonly type: "write"; readonly record: RotationRecord; readonly reason: string }
  /** The record says from now on how long hosts are waited for; else all stays as it is. */
  | { readonly type: "note"; readonly record: RotationRecord; readonly reason: string }
  /** This host leads no more, and leaves the rest to another. */
  | { readonly type: "yield"; readonly reason: string }
  /** Look again at that time at the latest; `awaiting`: who is away, and for how long it is waited for. */
  | {
    readonly type: "wait";
    readonly reason: string;
    readonly awaiting?: readonly { readonly host: string; readonly leftMs: number }[];
    readonly lookAgainAt?: number;
  };

/** Hosts that one reason names. */
const MOST_NAMED = 5;

/** Says it; undefined: there is nothing to do. `deadMs`: for so long a host is waited for that is away. */
export function nextRotationStep(
  view: RotationView,
  now: number,
  deadMs: number,
): RotationStep | undefined {
  const hosts = view.hosts.filter((host) => !isWithout(view.record.without, host));
  const record = notedPatience(view.record, hosts, now, deadMs);
  if (record !== undefined) {
    return { type: "note", record, reason: "how long hosts are waited for" };
  }
  return stepOf(view, now, deadMs);
}

/** The same without what is noted of hosts that are away. */
export function stepOf(
  view: RotationView,
  now: number,
  deadMs: number,
): RotationStep | undefined {
  const { record: { step, next, old } } = view;
  if (step === "done") return undefined;
  const asked = step === "asked" || next === undefined || old === undefined;
  if (asked) return begin(view);
  const open = (isDone: (host: RotationHost) => boolean, what: string) =>
    waitFor(view, isDone, what, now, deadMs);
  const other = step === "share" ? undefined : betterLeader(view, next.mark);
  if (other !== undefined) {
    return { type: "yield", reason: `${other} is to lead: it has the next authority's key` };
  }
  const give = giveKey(view);
  switch (step) {
    case "share":
      // Nobody else could answer, and nobody believes it yet.
      if (view.lacksKey(next.mark)) {
        return {
          type: "make",
          reason: "the host that leads does not have the next authority's key",
        };
      }
      return give ??
        open((host) => !isServer(host) || hasKey(host, next.mark), "to have its key") ??
        advance(view, "believe");
    case "believe":
      return give ?? open(({ trust }) => believes(trust, next.mark), "to believe the next one") ??
        roll(view, bothGeneration(next.mark), "the next authority is to be believed, too") ??
        certify(view);
    case "certify":
      return give ?? open(({ trust }) => trust?.shows === next.mark, "to show its certificates") ??
        advance(view, "forget");
    case "forget":
      // Who has the server role and was away comes back without the key, and believes the old one for good.
      return give ??
        open(({ trust }) => believesOnly(trust, next.mark), "to forget the old one") ??
        roll(view, aloneGeneration(next.mark), "the old authority counts no more") ??
        finish(view, next.mark);
  }
}

/** The name of how members run that believe both. */
function bothGeneration(mark: string): string {
  return `authority ${mark} and the old one`;
}

/** The name of how members run that believe that one alone. */
function aloneGeneration(mark: string): string {
  return `authority ${mark}`;
}

/** A member that is to go goes first: it must not be needed for what comes. */
function begin({ record: { without }, hosts }: RotationView): RotationStep {
  const goer = hosts.find((host) => isWithout(without, host) && host.isMember);
  if (goer !== undefined) {
    return { type: "wait", reason: `waiting until ${goer.host} is no member any more` };
  }
  return { type: "make", reason: "the next authority is made" };
}

/** Whether that is the host that is cast out: by its name, or as who it was under another one. */
export function isWithout(
  without: RotationRecord["without"],
  { host, id }: { readonly host: string; readonly id?: string | undefined },
): boolean {
  return without !== undefined &&
    (without.host === host || without.id !== undefined && without.id === id);
}

/** Without that key a leader gives nobody anything that counts; where no member has it, somebody leads all the same. */
function betterLeader({ hosts, lacksKey }: RotationView, mark: string): string | undefined {
  if (!lacksKey(mark)) return undefined;
  return hosts.find((host) => host.isMember && host.live && hasKey(host, mark))?.host;
}

function giveKey({ asked, hosts, record: { without } }: RotationView): RotationStep | undefined {
  const first = asked.find(({ host: name }) => {
    const host = hosts.find((each) => each.host === name);
    return host !== undefined && host.live && !isWithout(without, host);
  });
  return first && { type: "give", asked: first, reason: `${first.host} gets the next one's key` };
}

/** Waits for all that are there, and for those that may come back in a moment. */
function waitFor(
  { hosts, record }: RotationView,
  isDone: (host: RotationHost) => boolean,
  what: string,
  now: number,
  deadMs: number,
): RotationStep | undefined {
  const leftOf = (host: RotationHost) => patienceLeft(host, record, now, deadMs);
  const open = hosts.filter((host) =>
    !isWithout(record.without, host) && !isDone(host) && leftOf(host) > 0
  );
  if (open.length === 0) return undefined;
  const awaiting = open.filter((host) => leftOf(host) < Infinity);
  const lookAgainMs = Math.min(noteEveryMs(deadMs), ...awaiting.map(leftOf));
  return {
    type: "wait",
    reason: `waiting for ${named(open.map(({ host }) => host))} ${what}`,
    awaiting: awaiting.map((host) => ({ host: host.host, leftMs: leftOf(host) })),
    ...(awaiting.length === 0 ? {} : { lookAgainAt: now + lookAgainMs }),
  };
}

function roll(
  { rolling, isRolled }: RotationView,
  generation: string,
  reason: string,
): RotationStep | undefined {
  if (isRolled(generation)) return undefined;
  if (rolling?.generation === generation) {
    return { type: "wait", reason: `all members start their etcd anew: ${reason}` };
  }
  return { type: "roll", rolling: { generation, reason }, reason };
}

function advance(
  { record }: RotationView,
  step: "believe" | "forget",
): RotationStep {
  const reason = {
    believe: "all hosts are to believe the next authority beside the old one",
    forget: "the old authority is to be believed no more",
  }[step];
  return { type: "write", record: { ...record, step }, reason };
}

/** Tokens and operators were told to believe the old one alone: they get no further than this. */
function certify(view: RotationView): RotationStep {
  const { record, signed: { tokens, operators } } = view;
  const { ended = { tokens: 0, operators: 0 } } = record;
  return {
    type: "write",
    record: {
      ...record,
      step: "certify",
      ended: {
        tokens: ended.tokens + tokens,
        operators: ended.operators + operators,
      },
    },
    reason: "all hosts get certificates of the next authority",
  };
}

function finish({ record, hosts }: RotationView, mark: string): RotationStep {
  const { patience: _, ...rest } = record;
  const away = hosts.filter((host) => !isWithout(record.without, host))
    .filter(({ trust }) => trust?.shows !== mark || !believes(trust, mark))
    .map(({ host }) => host).toSorted();
  return {
    type: "write",
    record: { ...rest, step: "done", away },
    reason: "nobody believes the old authority any more",
  };
}

/** Who was left behind, of those of whom the cluster has something: until it is back with a token. */
export function leftBehind({ record, hosts }: Pick<RotationView, "record" | "hosts">): string[] {
  const { away = [], next } = record;
  return away.filter((name) => {
    const host = hosts.find((each) => each.host === name);
    return host !== undefined && !(host.live && believes(host.trust, next?.mark ?? ""));
  });
}

function isServer({ isMember, trust }: RotationHost): boolean {
  return isMember || trust !== undefined && trust.keys.length > 0;
}

function hasKey({ trust }: RotationHost, mark: string): boolean {
  return trust?.keys.includes(mark) === true;
}

function believesOnly(trust: TrustRecord | undefined, mark: string): boolean {
  return trust?.believes.every((each) => each === mark) === true;
}

function believes(trust: TrustRecord | undefined, mark: string): boolean {
  return trust?.believes.includes(mark) === true;
}

/** Some of many names. */
export function named(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  const shown = names.slice(0, MOST_NAMED).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
