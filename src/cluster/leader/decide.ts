/**
 * What the leader does next. Pure: the same view gives the same answer, whoever looks and however
 * often. One action at a time; after each the leader looks again.
 *
 * A change of members is an {@linkcode MembershipChange}: journalled (`begin`), done call by call (`step`),
 * and closed (`end`). The next leader finds it in its view and goes on with it, or gives it up where
 * a guard objects. Everything else follows from the list of members alone, so that it does not
 * matter where the last leader stopped.
 *
 * @module
 */

import { count } from "../../base/words.ts";
import {
  freeHosts,
  gathersUntil,
  isBackedOff,
  leavers,
  newcomers,
  promotable,
  returned,
  turnOf,
} from "./candidates.ts";
import { dropReason, unmetPrecondition } from "./preconditions.ts";
import { after, describeStep, describeSteps, nextStep } from "./operation.ts";
import type { LeaderAction } from "./action.ts";
import { nextRestart } from "./rolling.ts";
import { nextSecuring } from "./securing.ts";
import type { ChangeStep, MembershipChange } from "../store/membership_change.ts";
import { batchSize, learnersWanted, type Sizing, sizingOf } from "./sizing.ts";
import { rest, strayText, whyLeftAlone } from "./waiting.ts";
import { hostNamed, isDead, isStray, isUp, isWithdrawn, learnersOf, mayFail } from "./view.ts";
import { MOST_LEARNERS, PATIENCE, votersOf } from "./view.ts";
import type { TimeLimits, View, ViewMember } from "./view.ts";

/** A view with all that is derived from it. */
interface Situation {
  readonly view: View;
  readonly now: number;
  readonly patience: TimeLimits;
  readonly target: Sizing;
  readonly voters: readonly ViewMember[];
  readonly learners: readonly ViewMember[];
  /** Voters of ours that are not waited for any more. */
  readonly dead: readonly ViewMember[];
  /** Voters whose hosts have taken back their offer. */
  readonly withdrawn: readonly ViewMember[];
}

/** One action, or none. Times are the leader's own monotonic milliseconds. */
export function decide(view: View, now: number, patience: TimeLimits = PATIENCE): LeaderAction {
  if (view.operation !== undefined) return goOn(view, view.operation, now, patience);
  const situation = see(view, now, patience);
  return letGo(situation) ?? settle(situation) ?? leaveAlone(situation) ?? nominate(situation) ??
    pause(situation) ??
    drop(situation) ?? roll(situation) ??
    awaitNominees(situation) ??
    bury(situation) ?? awaitStray(situation) ?? replace(situation) ?? shrink(situation) ??
    promote(situation) ??
    grow(situation) ?? dropExtra(situation) ?? forget(situation) ??
    { type: "none", ...rest(situation) };
}

function see(view: View, now: number, patience: TimeLimits): Situation {
  const voters = votersOf(view.members);
  const ours = voters.filter((member) => member.host !== undefined);
  return {
    view,
    now,
    patience,
    target: sizingOf(view, now, patience),
    voters,
    learners: learnersOf(view.members),
    dead: leavers(view, ours.filter((member) => isDead(member, now, patience)), now, patience),
    withdrawn: leavers(view, ours.filter((member) => isWithdrawn(view, member)), now, patience),
  };
}

/** The journalled operation comes first: on with it, or out of the way. */
function goOn(
  view: View,
  operation: MembershipChange,
  now: number,
  patience: TimeLimits,
): LeaderAction {
  const what = describeSteps(operation.steps);
  const step = nextStep(operation, view.members);
  if (step === undefined) {
    return { type: "end", operation, outcome: "done", reason: `done: ${what}` };
  }
  const why = unmetPrecondition(view, operation, step, now, patience);
  if (why !== undefined) {
    return { type: "end", operation, outcome: "abandoned", reason: `given up: ${what}: ${why}` };
  }
  return { type: "step", operation, step, reason: `${describeStep(step)}: ${operation.reason}` };
}

/** Who is cast out, or lost for good by somebody's word, goes at once, also where nobody can take its place. */
function letGo(situation: Situation): LeaderAction | undefined {
  const outcast = situation.voters.find(({ evicted }) => evicted === true);
  if (outcast !== undefined) {
    const reason = `${outcast.host} is cast out`;
    return begin(situation, { purpose: "expel", steps: [remove(outcast)], reason });
  }
  const goer = situation.voters.find((each) =>
    each.forgotten === true && (each.host !== undefined || isStray(each))
  );
  if (goer === undefined) return undefined;
  const reason = `${goer.host ?? goer.id} was forgotten`;
  return begin(situation, { purpose: "bury", steps: [remove(goer)], reason });
}

/** While members start their etcds anew, nothing else is changed. */
function roll({ view }: Situation): LeaderAction | undefined {
  const step = view.securing !== undefined
    ? nextSecuring(view, view.securing)
    : view.rolling && nextRestart(view, view.rolling);
  if (step?.type !== "wait" && step?.type !== "done") return step;
  return { type: "none", reason: step.reason };
}

/** An order to forget is over where its member is gone, or has come back. */
function settle({ view: { spent = [] } }: Situation): LeaderAction | undefined {
  const [first] = spent;
  return first && { type: "settle", memberId: first.memberId, reason: first.why };
}

function leaveAlone({ voters }: Situation): LeaderAction | undefined {
  const reason = whyLeftAlone(voters);
  return reason === undefined ? undefined : { type: "none", reason };
}

/** One that was added by hand counts as a voter that is down, until somebody starts it or it goes. */
function awaitStray(situation: Situation): LeaderAction | undefined {
  const { voters, now, patience } = situation;
  const [stray] = voters.filter(isStray);
  if (stray === undefined) return undefined;
  if (isDead(stray, now, patience)) {
    const reason = "it was added by hand, and nobody started it";
    const removal = begin(situation, { purpose: "bury", steps: [remove(stray)], reason });
    if (removal !== undefined) return removal;
  }
  const limitAt = (stray.unclaimedSince ?? now) + patience.deadMs;
  const seconds = Math.ceil(patience.deadMs / 1000);
  return {
    type: "none",
    reason: `${
      strayText(stray)
    }; it is removed after ${seconds} s, and nothing else changed before`,
    ...(limitAt > now ? { lookAgainAt: limitAt } : {}),
  };
}

function pause({ view, now }: Situation): LeaderAction | undefined {
  if (view.pausedUntil === undefined || now >= view.pausedUntil) return undefined;
  const why = view.pausedWhy === undefined ? "" : ` (${view.pausedWhy})`;
  const reason = `the last change failed${why}: waiting before the next`;
  return { type: "none", reason, lookAgainAt: view.pausedUntil };
}

/** Learners that have not started are asked to, with the list of members as it is now. */
function nominate(situation: Situation): LeaderAction | undefined {
  const { view, learners, now } = situation;
  const member = learners.find((each) => {
    const host = hostNamed(view, each.host);
    return !each.started && host?.live === true && host.volunteer !== undefined &&
      each.nomination?.current !== true && now >= turnOf(each, learners);
  });
  if (member?.host === undefined) return undefined;
  const reason = member.nomination === undefined
    ? `${member.host} is to start etcd`
    : `${member.host} is to start etcd with the new list of members`;
  return { type: "nominate", host: member.host, memberId: member.id, reason };
}

function drop(situation: Situation): LeaderAction | undefined {
  const { view, learners, now, patience } = situation;
  for (const member of learners) {
    const why = dropReason(view, member, now, patience);
    if (why === undefined) continue;
    const backoff = why.backoff && member.host !== undefined ? { backoff: member.host } : {};
    const { reason } = why;
    return begin(situation, { purpose: "drop", steps: [remove(member)], reason, ...backoff });
  }
  return undefined;
}

function awaitNominees(situation: Situation): LeaderAction | undefined {
  const { learners, now, patience } = situation;
  const member = learners.find((each) => !each.started && each.nomination !== undefined);
  if (member?.nomination === undefined) return undefined;
  const limitAt = member.nomination.since + patience.nominationMs;
  const turns = learners.filter((each) => !each.started)
    .map((each) => turnOf(each, learners)).filter((turn) => turn > now);
  const failedAt = (member.failsSince ?? Infinity) + patience.failureMs;
  const lookAgainAt = Math.min(limitAt, failedAt, ...turns);
  const mostMs = member.failsSince === undefined ? patience.nominationMs : patience.failureMs;
  return {
    type: "none",
    lookAgainAt,
    // No countdown: each new text is a line in the log.
    reason: `waiting for ${member.host} to start, ${Math.ceil(mostMs / 1000)} s at most`,
  };
}

/** Dead voters go without a replacement where that lets more fail, or lets somebody come. */
function bury(situation: Situation): LeaderAction | undefined {
  const { view, dead, now, voters, target } = situation;
  for (let count = 1; count <= dead.length; count++) {
    const steps = dead.slice(0, count).map(remove);
    const left = steps.reduce<readonly ViewMember[]>((all, step) => after(step, all), view.members);
    if (mayFail(left) <= mayFail(view.members)) continue;
    return begin(situation, { purpose: "bury", steps, reason: "more may fail without the dead" });
  }
  const [first] = dead;
  if (first === undefined || promotable(view).length > 0) return undefined;
  if (voters.length > target.voters) return undefined;
  const [back] = returned(view, dead, now);
  const goer = back ?? (view.addRefused && freeHosts(view, now).length > 0 ? first : undefined);
  if (goer === undefined) return undefined;
  const reason = back === undefined
    ? `${goer.host} is dead, and etcd takes nobody in before it is gone`
    : `${goer.host} is back without its data`;
  return begin(situation, { purpose: "bury", steps: [remove(goer)], reason });
}

/** A learner in sync takes the place of a voter that is dead or wants to go. */
function replace(situation: Situation): LeaderAction | undefined {
  const { view, dead, withdrawn, voters, target } = situation;
  const [ready] = promotable(view);
  if (ready === undefined || voters.length > target.voters) return undefined;
  const [corpse] = dead;
  if (corpse !== undefined) {
    const reason = `${corpse.host} is dead, ${ready.host} takes its place`;
    const steps = [remove(corpse), promotion(ready)];
    return begin(situation, { purpose: "replace", steps, reason });
  }
  const [goer] = withdrawn;
  if (goer === undefined) return undefined;
  const reason = `${goer.host} no longer volunteers, ${ready.host} takes its place`;
  const steps = [promotion(ready), remove(goer)];
  return begin(situation, { purpose: "replace", steps, reason });
}

/** Learners that have no place afterwards go first: without them nothing less may fail. */
function shrink(situation: Situation): LeaderAction | undefined {
  const { view, voters, target, now, patience } = situation;
  const most = Math.min(2, voters.length - target.voters);
  const goers = leavers(view, voters, now, patience).slice(0, Math.max(0, most));
  if (goers.length === 0) return undefined;
  const extra = dropExtra(situation);
  if (extra !== undefined) return extra;
  const odd = (voters.length - goers.length) % 2 === 1 ? goers : goers.slice(0, 1);
  // Of an even number that is wanted one only learns, and none is there too many.
  const reason = target.members < view.members.length
    ? fewerWanted(situation)
    : `${count(voters.length - odd.length, "voter")} instead of ${voters.length}`;
  return begin(situation, { purpose: "shrink", steps: odd.map(remove), reason });
}

function promote(situation: Situation): LeaderAction | undefined {
  const { view, voters, target } = situation;
  const size = batchSize(target, voters.length);
  const batch = promotable(view).slice(0, size);
  if (size === 0 || batch.length < size) return undefined;
  const reason = `${voters.length + size} voters instead of ${voters.length}`;
  return begin(situation, { purpose: "promote", steps: batch.map(promotion), reason });
}

function grow(situation: Situation): LeaderAction | undefined {
  const { view, learners, now, patience, target, voters } = situation;
  const missing = Math.min(MOST_LEARNERS, wantedLearners(situation)) - learners.length;
  if (missing <= 0) return undefined;
  const gathered = gathersUntil(view, now, patience);
  const steps: ChangeStep[] = newcomers(view, now, { count: missing, patience }).map((host) => ({
    type: "add",
    host: host.host,
    peerUrls: host.volunteer?.peerUrls ?? [],
  }));
  const reason = batchSize(target, voters.length) === 0 && view.members.length >= target.members
    ? "to take a voter's place"
    : `${count(target.members, "member")} wanted`;
  if (steps.length === 0) return undefined;
  const growth = begin(situation, { purpose: "grow", steps, reason });
  if (growth === undefined || gathered <= now) return growth;
  return {
    type: "none",
    reason: "waits a moment for who else offers itself",
    lookAgainAt: gathered,
  };
}

function wantedLearners({ view, target, voters, dead, withdrawn }: Situation): number {
  const replaces = voters.length <= target.voters && dead.length + withdrawn.length > 0;
  return learnersWanted(target, voters.length, replaces && view.members.length > 0);
}

function dropExtra(situation: Situation): LeaderAction | undefined {
  const { view, learners, now, patience } = situation;
  if (learners.length <= wantedLearners(situation)) return undefined;
  const [goer] = leavers(view, learners, now, patience);
  if (goer === undefined) return undefined;
  const reason = fewerWanted(situation);
  return begin(situation, { purpose: "drop", steps: [remove(goer)], reason });
}

function fewerWanted({ target, view }: Situation): string {
  return `${count(target.members, "member")} wanted instead of ${view.members.length}`;
}

/** What is written down of hosts and no longer true. */
function forget({ view, now }: Situation): LeaderAction | undefined {
  for (const host of view.hosts) {
    const member = view.members.find((each) => each.host === host.host);
    if (host.nominated && member === undefined) {
      const reason = `${host.host} is no member any more`;
      return { type: "forget", host: host.host, what: "nomination", reason };
    }
    const recovered = member !== undefined && isUp(member) && member.lagSince === undefined;
    if (recovered && host.failures > 0 && !isBackedOff(host, now)) {
      const reason = `${host.host} runs well`;
      return { type: "forget", host: host.host, what: "backoff", reason };
    }
  }
  return undefined;
}

/** Journals an operation, unless a guard objects to its first step: then its time has not come. */
function begin(
  { view, now, patience }: Situation,
  operation: MembershipChange,
): LeaderAction | undefined {
  const { steps: [first] } = operation;
  if (first === undefined || unmetPrecondition(view, operation, first, now, patience)) {
    return undefined;
  }
  const reason = `${describeSteps(operation.steps)}: ${operation.reason}`;
  return { type: "begin", operation, reason };
}

function remove(member: ViewMember): ChangeStep {
  return { type: "remove", host: member.host ?? member.id, memberId: member.id };
}

function promotion(member: ViewMember): ChangeStep {
  return { type: "promote", host: member.host ?? "", memberId: member.id };
}
