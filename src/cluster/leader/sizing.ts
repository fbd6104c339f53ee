/**
 * How many members there should be, and how many of them vote.
 *
 * @module
 */

import { count } from "../../base/words.ts";
import { freeHosts } from "./candidates.ts";
import { isDead, isWithdrawn, type TimeLimits, type View, votersOf } from "./view.ts";

/** Most members that are ever wanted: more voters only make writes slower. */
export const MOST_MEMBERS = 7;

/** What is wanted of a cluster in this state. */
export interface Sizing {
  /** The smaller of the ideal size and the hosts that are willing. */
  readonly members: number;
  /** The largest odd number of those; the one over stays a learner. */
  readonly voters: number;
  /** Hosts that run etcd or would, and dead voters whose place is kept. */
  readonly willing: number;
}

/** Computes the {@linkcode Sizing}. A dead voter keeps its place until somebody can take it. */
export function sizingOf(view: View, now: number, patience: TimeLimits): Sizing {
  const staying = view.members.filter((member) =>
    !isWithdrawn(view, member) && !(member.learner && isDead(member, now, patience))
  );
  const willing = staying.length + freeHosts(view, now).length;
  const members = Math.max(1, Math.min(view.idealSize, MOST_MEMBERS, willing));
  return { members, voters: members % 2 === 1 ? members : members - 1, willing };
}

/** How many learners there should be on the way to the target. */
export function learnersWanted(target: Sizing, voters: number, replaces: boolean): number {
  const over = target.members - target.voters;
  return batchSize(target, voters) || over + (replaces ? 1 : 0);
}

/** How many learners get their vote together, so that the number of voters is odd afterwards. */
export function batchSize(target: Sizing, voters: number): number {
  if (voters >= target.voters) return 0;
  return voters % 2 === 1 ? 2 : 1;
}

/** What the cluster is, for people: members, voters, and what may fail. */
export function describeCluster(view: View, target: Sizing, may: number): string {
  const voters = votersOf(view.members).length;
  const learners = view.members.length - voters;
  const size = `${count(view.members.length, "member")}, ${count(voters, "voter")}`;
  const survives = may > 0 ? `survives the loss of ${may}` : "survives the loss of none";
  const more = learners === 1 && target.members % 2 === 0 ? whatMakesItMore(view, target) : "";
  return `${size}: ${survives}${more}`;
}

/** With an even number one only learns: a further host gives both a vote, where so many are wanted. */
function whatMakesItMore({ idealSize }: View, { members, willing }: Sizing): string {
  const next = members + 1;
  const needs = [
    ...(willing > members ? [] : [`a ${ordinal(next)} host`]),
    ...(idealSize > members ? [] : [`mgmt cluster size ${next}`]),
  ];
  const verb = needs.length === 1 ? "makes" : "make";
  return needs.length === 0 ? "" : `; ${needs.join(" and ")} ${verb} it ${(next - 1) / 2}`;
}

function ordinal(number: number): string {
  return ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"][number - 1] ??
    `${number}th`;
}
