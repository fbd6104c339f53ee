/**
 * Who comes and who goes, when several could: spread over failure domains, then who offered itself
 * first. Nobody can tell who was first of those that start together, so these come by name.
 *
 * @module
 */

import { compareTexts } from "../../base/compare.ts";
import { isLoopback, isWildcard } from "../store/urls.ts";
import { hostNamed, isDead, isUp, isWithdrawn, type TimeLimits, type View } from "./view.ts";
import type { ViewHost, ViewMember } from "./view.ts";

/**
 * New members start one after the other, but no longer than that apart: two that start at the same
 * moment ask each other for their version while neither answers yet, and wait for seven seconds.
 */
const TURN_MS = 5000;

/** Hosts that one line names. */
const MOST_NAMED = 3;

/** Hosts that could become members beside `members`, in no order. */
export function freeHosts(
  view: View,
  now: number,
  members: readonly ViewMember[] = view.members,
): readonly ViewHost[] {
  const taken = new Set(members.map((member) => member.host));
  return view.hosts.filter((host) =>
    host.live && host.volunteer !== undefined && !taken.has(host.host) &&
    !isBackedOff(host, now) && whyUnfit(host, members) === undefined
  );
}

/** Why a host that offers itself could not run etcd beside these members; undefined: it could. */
export function whyUnfit(
  { host, volunteer, unfit }: ViewHost,
  members: readonly ViewMember[],
): string | undefined {
  if (unfit !== undefined) return unfit;
  const { peerUrls = [], clientUrls = [] } = volunteer ?? {};
  const others = members.filter((member) => member.host !== host);
  for (const url of [...peerUrls, ...clientUrls]) {
    if (isWildcard(url)) return `its address ${url} leads whoever uses it to itself`;
    if (isLoopback(url) && others.some((each) => !each.peerUrls.every(isLoopback))) {
      return `its address ${url} is one that the other hosts cannot reach`;
    }
  }
  const away = peerUrls.some((url) => !isLoopback(url));
  const hidden = others.find((each) => each.peerUrls.length > 0 && each.peerUrls.every(isLoopback));
  if (away && hidden !== undefined) {
    const { host: name, id, peerUrls: [url] } = hidden;
    return `${name ?? id} is a member at ${url}, which no other host reaches`;
  }
  for (const { host: owner, id, peerUrls: taken } of members) {
    const shared = peerUrls.find((url) => taken.includes(url));
    if (shared !== undefined) return `its address ${shared} is that of ${owner ?? id}`;
  }
  return undefined;
}

/** Where members are missing: hosts that are there, and why they do not become one. */
export function whoDoesNotCome({ members, hosts, idealSize }: View): readonly string[] {
  if (members.length >= idealSize) return [];
  const all = hosts.flatMap((each) => {
    if (!each.live || members.some(({ host }) => host === each.host)) return [];
    const why = each.volunteer === undefined ? each.unwilling : whyUnfit(each, members);
    return why === undefined ? [] : [`${each.host} cannot run etcd: ${why}`];
  });
  const named = all.slice(0, MOST_NAMED);
  return all.length > named.length ? [...named, `${all.length - named.length} more cannot`] : named;
}

/** It has failed, and its time has not come yet. */
export function isBackedOff(host: ViewHost, now: number): boolean {
  return host.backoffUntil !== undefined && now < host.backoffUntil;
}

/** The `count` free hosts that should come. */
export function newcomers(
  view: View,
  now: number,
  { count, patience }: { readonly count: number; readonly patience: TimeLimits },
): readonly ViewHost[] {
  const free = inOrderOfOffers(view, freeHosts(view, now), patience);
  return spread(view, free, view.members, count);
}

/**
 * Until when a founder waits for others who start at the same time as the first that offers itself: who
 * is heard first of them is chance, and would be a member for good. Others wait for nobody.
 */
export function gathersUntil(view: View, now: number, { gatherMs }: TimeLimits): number {
  if (view.members.length !== 1) return -Infinity;
  return Math.min(...freeHosts(view, now).map(offeredSince)) + gatherMs;
}

/** Offers within a moment count as made together: a founder takes them by name, others by revision. */
function inOrderOfOffers(
  { members }: View,
  hosts: readonly ViewHost[],
  { gatherMs }: TimeLimits,
): readonly ViewHost[] {
  const bySince = hosts.toSorted((a, b) => offeredSince(a) - offeredSince(b) || 0);
  const groups: ViewHost[][] = [];
  for (const host of bySince) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (first === undefined || offeredSince(host) > offeredSince(first) + gatherMs) {
      groups.push([host]);
    } else group?.push(host);
  }
  const place = (host: ViewHost) => members.length === 1 ? 0 : host.offerRevision ?? 0;
  return groups.flatMap((group) => group.sort((a, b) => place(a) - place(b) || byName(a, b)));
}

function offeredSince({ offeredSince = -Infinity }: ViewHost): number {
  return offeredSince;
}

/** Dead voters whose host is back without their data, so that it could come again as a new member. */
export function returned(
  view: View,
  dead: readonly ViewMember[],
  now: number,
): readonly ViewMember[] {
  const free = freeHosts(view, now, view.members.filter((member) => !dead.includes(member)));
  return dead.filter((member) => free.some((host) => host.host === member.host));
}

/** When a learner may be asked to start, so that it does not do so at the same moment as another. */
export function turnOf(member: ViewMember, learners: readonly ViewMember[]): number {
  if (member.nomination !== undefined) return -Infinity;
  const starting = learners.filter((each) => !each.started && each.failsSince === undefined);
  const since = starting.map(({ nomination }) => nomination?.since ?? -Infinity);
  return Math.max(-Infinity, ...since) + TURN_MS;
}

/** The learners that could get a vote now, in the order in which they should. */
export function promotable(view: View): readonly ViewMember[] {
  const ready = view.members.filter((member) => member.learner && isReady(view, member))
    .sort(byName);
  return spread(view, ready, view.members.filter((member) => !member.learner), ready.length);
}

/** It runs, is in sync, and its host still offers itself. */
export function isReady(view: View, member: ViewMember): boolean {
  return isUp(member) && member.lagSince === undefined && member.host !== undefined &&
    !isWithdrawn(view, member);
}

/** The order in which members should go: the dead, who wants to, the last of the fullest domain. */
export function leavers(
  view: View,
  members: readonly ViewMember[],
  now: number,
  patience: TimeLimits,
): readonly ViewMember[] {
  const left = members.filter((member) => member.host !== undefined);
  const order: ViewMember[] = [];
  while (left.length > 0) {
    const counts = countDomains(view, left);
    const rank = (member: ViewMember) => [
      isDead(member, now, patience) ? 0 : 1,
      isWithdrawn(view, member) ? 0 : 1,
      member.host === view.self ? 1 : 0,
      -(counts.get(domainOf(view, member.host)) ?? 0),
    ];
    const first = best(left, (a, b) => compare(rank(a), rank(b)) || byName(b, a));
    left.splice(left.indexOf(first), 1);
    order.push(first);
  }
  return order;
}

/** Takes `count`, one after the other, from the domain that has fewest by then, else in their order. */
function spread<T extends { readonly host: string | undefined; readonly failures?: number }>(
  view: View,
  all: readonly T[],
  beside: readonly ViewMember[],
  count: number,
): readonly T[] {
  const counts = countDomains(view, beside);
  const left = [...all];
  const order: T[] = [];
  while (left.length > 0 && order.length < count) {
    const rank = (one: T) => [counts.get(domainOf(view, one.host)) ?? 0, one.failures ?? 0];
    const first = best(left, (a, b) => compare(rank(a), rank(b)));
    const domain = domainOf(view, first.host);
    counts.set(domain, (counts.get(domain) ?? 0) + 1);
    left.splice(left.indexOf(first), 1);
    order.push(first);
  }
  return order;
}

function countDomains(view: View, members: readonly ViewMember[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const member of members) {
    const domain = domainOf(view, member.host);
    counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  return counts;
}

/** A host that names no domain is one by itself. */
function domainOf(view: View, host: string | undefined): string {
  const domain = hostNamed(view, host)?.domain;
  return domain === undefined ? `host ${host}` : `domain ${domain}`;
}

function best<T>(all: readonly T[], order: (a: T, b: T) => number): T {
  return all.reduce((first, one) => order(one, first) < 0 ? one : first);
}

function compare(left: readonly number[], right: readonly number[]): number {
  const index = left.findIndex((value, at) => value !== right[at]);
  return index < 0 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

function byName(left: { readonly host: string | undefined }, right: typeof left): number {
  return compareTexts(left.host ?? "", right.host ?? "");
}
