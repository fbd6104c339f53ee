/**
 * What must hold at the moment of each single call. Whatever was journalled, by whomever, passes
 * here again before it is done; what no longer holds is given up, and decided anew.
 *
 * @module
 */

import { freeHosts, isReady, whyUnfit } from "./candidates.ts";
import { after, isDone, sameUrls } from "./operation.ts";
import type { ChangeStep, MembershipChange } from "../store/membership_change.ts";
import { sizingOf } from "./sizing.ts";
import {
  hostNamed,
  isDead,
  isUp,
  isWithdrawn,
  learnersOf,
  mayFail,
  MOST_LEARNERS,
} from "./view.ts";
import { quorum, type TimeLimits, type View, type ViewMember, votersOf } from "./view.ts";

/** Why that step of that operation must not be done now; undefined: it may. */
export function unmetPrecondition(
  view: View,
  operation: MembershipChange,
  step: ChangeStep,
  now: number,
  patience: TimeLimits,
): string | undefined {
  switch (step.type) {
    case "add":
      return objectionToAdd(view, step, now);
    case "promote":
      return objectionToPromote(view, operation, now, patience);
    case "remove": {
      const member = view.members.find((each) => each.id === step.memberId);
      if (member === undefined) return undefined;
      return member.learner
        ? objectionToDrop(view, operation, member, now, patience)
        : objectionToRemove(view, operation, step, member, now, patience);
    }
  }
}

function objectionToAdd(view: View, step: ChangeStep & { type: "add" }, now: number) {
  const host = hostNamed(view, step.host);
  if (host?.live !== true || host.volunteer === undefined) {
    return `${step.host} no longer offers itself`;
  }
  if (!sameUrls(host.volunteer.peerUrls, step.peerUrls)) return `${step.host} has moved`;
  if (host.backoffUntil !== undefined && now < host.backoffUntil) {
    return `${step.host} has failed meanwhile`;
  }
  const unfit = whyUnfit(host, view.members);
  if (unfit !== undefined) return `${step.host} cannot: ${unfit}`;
  if (learnersOf(view.members).length >= MOST_LEARNERS) return "there are two learners already";
  return undefined;
}

/** All that are still to be promoted must be ready, and their number must make the voters odd. */
function objectionToPromote(
  view: View,
  operation: MembershipChange,
  now: number,
  patience: TimeLimits,
): string | undefined {
  const open = operation.steps.filter((step) => !isDone(step, view.members));
  for (const step of open) {
    if (step.type !== "promote") continue;
    const member = view.members.find((each) => each.id === step.memberId);
    if (member === undefined) return `${step.host} is no member any more`;
    if (!isReady(view, member)) return `${step.host} is not ready`;
  }
  const goes = ({ id }: ViewMember) =>
    operation.steps.some((step) => step.type === "remove" && step.memberId === id);
  const silent = votersOf(view.members).find((voter) => !isUp(voter) && !goes(voter));
  if (silent !== undefined && isVoluntary(view, operation, now, patience)) {
    return `${silent.host ?? silent.id} is silent: that comes first`;
  }
  const voters =
    votersOf(open.reduce((members, step) => after(step, members), view.members)).length;
  if (voters % 2 === 0 && operation.purpose === "promote") return "that would be an even number";
  if (voters > sizingOf(view, now, patience).voters && operation.purpose === "promote") {
    return "fewer are wanted by now";
  }
  return undefined;
}

/** Somebody goes who is not dead: that has time until everybody is there. */
function isVoluntary(
  view: View,
  operation: MembershipChange,
  now: number,
  patience: TimeLimits,
): boolean {
  return operation.steps.some((step) => {
    if (step.type !== "remove") return false;
    const goer = view.members.find((member) => member.id === step.memberId);
    return goer !== undefined && !isDead(goer, now, patience);
  });
}

function objectionToDrop(
  view: View,
  operation: MembershipChange,
  member: ViewMember,
  now: number,
  patience: TimeLimits,
): string | undefined {
  if (operation.purpose !== "drop") return `${member.host} is a learner`;
  if (operation.backoff !== undefined && dropReason(view, member, now, patience) === undefined) {
    return `${member.host} has come after all`;
  }
  return undefined;
}

/** Why a learner should go, whatever size is wanted. */
export function dropReason(
  view: View,
  member: ViewMember,
  now: number,
  patience: TimeLimits,
): { readonly reason: string; readonly backoff: boolean } | undefined {
  const { host, nomination } = member;
  if (member.evicted === true) return { reason: `${host} is cast out`, backoff: false };
  if (member.forgotten === true) {
    return { reason: `${host ?? member.id} was forgotten`, backoff: false };
  }
  if (host === undefined) {
    // Whose address changed before it was asked: another waits for the place.
    const isInTheWay = freeHosts(view, now).length > 0;
    const mostMs = isInTheWay ? patience.nominationMs : patience.deadMs;
    const unclaimed = now - (member.unclaimedSince ?? now) >= mostMs;
    return unclaimed ? { reason: "no host is to run it", backoff: false } : undefined;
  }
  if (isWithdrawn(view, member)) return { reason: `${host} no longer volunteers`, backoff: false };
  if (!member.started) {
    if (member.failsSince !== undefined && now - member.failsSince >= patience.failureMs) {
      return { reason: `${host} says that its etcd does not start`, backoff: true };
    }
    if (nomination !== undefined && now - nomination.since >= patience.nominationMs) {
      return { reason: `${host} did not start in time`, backoff: true };
    }
    if (nomination !== undefined || hostNamed(view, host)?.live === true) return undefined;
    return { reason: `${host} went away before it was asked`, backoff: false };
  }
  if (isDead(member, now, patience)) return { reason: `${host} is dead`, backoff: false };
  if (member.lagSince !== undefined && now - member.lagSince >= patience.lagMs) {
    return { reason: `${host} does not catch up`, backoff: true };
  }
  return undefined;
}

function objectionToRemove(
  view: View,
  operation: MembershipChange,
  step: ChangeStep,
  member: ViewMember,
  now: number,
  patience: TimeLimits,
): string | undefined {
  const dead = isDead(member, now, patience);
  const left = after(step, view.members);
  const voters = votersOf(left);
  if (voters.length === 0) return `${member.host} is the last`;
  if (voters.filter(isUp).length < quorum(voters.length)) return "too few would be left";
  switch (operation.purpose) {
    case "shrink":
      return objectionToShrink(view, dead, now, patience);
    case "replace":
      if (!dead && !isWithdrawn(view, member)) return `${member.host ?? member.id} is back`;
      if (dead && nobodyIsReady(view, operation)) return "nobody is ready to take its place";
      break;
    case "expel":
      return member.evicted === true ? undefined : `${member.host} is to stay`;
    case "bury":
      if (!dead) return `${member.host ?? member.id} is back`;
      break;
    default:
      return `${member.host} votes`;
  }
  return mayFail(left) < mayFail(view.members) ? "less could fail afterwards" : undefined;
}

function nobodyIsReady(view: View, operation: MembershipChange): boolean {
  const steps = operation.steps.filter((step) => step.type === "promote");
  return !steps.some((step) =>
    view.members.some((member) => member.id === step.memberId && isReady(view, member))
  );
}

function objectionToShrink(
  view: View,
  dead: boolean,
  now: number,
  patience: TimeLimits,
): string | undefined {
  const voters = votersOf(view.members);
  if (voters.length <= sizingOf(view, now, patience).voters) return "fewer are no longer wanted";
  const silent = voters.filter((voter) => !isUp(voter) && !isDead(voter, now, patience));
  if (silent.length > 0) return `${silent[0]?.host} is silent: that comes first`;
  const others = voters.some((voter) => voter.host !== undefined && isDead(voter, now, patience));
  return !dead && others ? "the dead go first" : undefined;
}
