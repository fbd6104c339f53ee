/**
 * A membership change as it is journalled at `ctl/op` before its first call: a list of steps, each
 * of which can be seen in the list of members to be done, so that the next leader can go on with it.
 *
 * @module
 */

import type { ChangeStep, MembershipChange } from "../store/membership_change.ts";
import type { ViewMember } from "./view.ts";

/** True where the list of members shows the step to be done. */
export function isDone(step: ChangeStep, members: readonly ViewMember[]): boolean {
  switch (step.type) {
    case "add":
      return members.some((member) => sameUrls(member.peerUrls, step.peerUrls));
    case "promote":
      return members.some((member) => member.id === step.memberId && !member.learner);
    case "remove":
      return members.every((member) => member.id !== step.memberId);
  }
}

/** The first step that is not done. */
export function nextStep(
  operation: MembershipChange,
  members: readonly ViewMember[],
): ChangeStep | undefined {
  return operation.steps.find((step) => !isDone(step, members));
}

/** The members as they will be after that step; what is added has not started. */
export function after(step: ChangeStep, members: readonly ViewMember[]): readonly ViewMember[] {
  switch (step.type) {
    case "add":
      return [...members, {
        id: "",
        host: step.host,
        peerUrls: step.peerUrls,
        learner: true,
        started: false,
        answers: false,
      }];
    case "promote":
      return members.map((each) => each.id === step.memberId ? { ...each, learner: false } : each);
    case "remove":
      return members.filter((each) => each.id !== step.memberId);
  }
}

/** Says what a step does. */
export function describeStep(step: ChangeStep): string {
  switch (step.type) {
    case "add":
      return `add ${step.host} as a learner`;
    case "promote":
      return `promote ${step.host}`;
    case "remove":
      return `remove ${step.host}`;
  }
}

/** Says what all steps do. */
export function describeSteps(steps: readonly ChangeStep[]): string {
  return steps.map(describeStep).join(", ");
}

/** True where both lists hold the same URLs. */
export function sameUrls(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((url) => right.includes(url));
}
