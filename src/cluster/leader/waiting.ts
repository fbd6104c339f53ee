/**
 * What a leader says while it does nothing: what there is, and what it waits for.
 *
 * @module
 */

import { whoDoesNotCome } from "./candidates.ts";
import { describeCluster, type Sizing } from "./sizing.ts";
import {
  absence,
  isDead,
  isStray,
  mayFail,
  type TimeLimits,
  type View,
  type ViewMember,
} from "./view.ts";

/** A learner catches up without telling: it is looked at that often. */
const LAG_LOOK_MS = 300;

/** Nothing to do: says what there is, and what is being waited for. */
export function rest(
  { view, now, patience, target }: {
    readonly view: View;
    readonly now: number;
    readonly patience: TimeLimits;
    readonly target: Sizing;
  },
): { readonly reason: string; readonly lookAgainAt?: number } {
  const times: number[] = [];
  const waits: string[] = [];
  for (const member of view.members) {
    if (member.started && !member.answers && member.silentSince === undefined) {
      waits.push(`${member.host ?? member.id} runs, but does not answer`);
    } else if (member.silentSince !== undefined && !isDead(member, now, patience)) {
      times.push(member.silentSince + patience.deadMs);
      const what = member.learner ? "dropped" : "replaced";
      const seconds = Math.ceil(patience.deadMs / 1000);
      waits.push(`${absence(view, member, "silent")}, to be ${what} after ${seconds} s`);
    } else if (member.learner && member.lagSince !== undefined) {
      times.push(Math.min(now + LAG_LOOK_MS, member.lagSince + patience.lagMs));
      waits.push(`${member.host} catches up`);
    } else if (isDead(member, now, patience)) {
      waits.push(`${absence(view, member, "dead")}, and nobody can take its place`);
    }
  }
  for (const host of view.hosts) {
    if (host.backoffUntil === undefined || host.backoffUntil <= now) continue;
    times.push(host.backoffUntil);
    const why = host.backoffWhy === undefined ? "" : ` (${host.backoffWhy})`;
    const seconds = Math.ceil((host.backoffMs ?? 0) / 1000);
    waits.push(`${host.host} failed${why} and is left alone for ${seconds} s`);
  }
  waits.push(...whoDoesNotCome(view));
  const reason = [describeCluster(view, target, mayFail(view.members)), ...waits].join("; ");
  const next = times.filter((time) => time > now).sort((a, b) => a - b)[0];
  return { reason, ...(next === undefined ? {} : { lookAgainAt: next }) };
}

/**
 * Why nothing is changed: where others' etcd votes too, its size is theirs to choose; and who came into a
 * cluster that goes with a run would be left without a majority.
 */
export function whyLeftAlone(voters: readonly ViewMember[]): string | undefined {
  const passing = voters.find((member) => member.temporary === true);
  if (passing !== undefined) {
    return `goes with the run on ${passing.host} that ends by itself: takes nobody in`;
  }
  const foreign = voters.filter((member) => member.host === undefined && member.started);
  if (foreign.length === 0) return undefined;
  const strays = voters.filter(isStray).map((stray) => `; ${strayText(stray)}`).join("");
  return `${foreign.length} of ${voters.length} voters are not ours: nothing is changed${strays}`;
}

/** A voter that somebody added by hand, and how to be rid of it. */
export function strayText({ id, peerUrls }: ViewMember): string {
  return `a voter was added by hand and has never started: ${id} at ${peerUrls.join(", ")} ` +
    `(to remove it now: mgmt forget ${id})`;
}
