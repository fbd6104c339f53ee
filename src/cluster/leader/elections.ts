/**
 * Elections of the fleet: some of the hosts that stand for one are elected, up to a number, and stay so
 * while they live. An election is a semaphore whose places nobody gives back by himself: a host asks for
 * one as long as it stands. So what holds for places holds here, too: never more than their number know
 * that they have one, and who asked first has its turn first.
 *
 * @module
 */

import type { FleetSemaphore } from "./places.ts";

/** No semaphore of a graph has such a name. */
const PREFIX = "elect:";

/** Why nobody is elected at the moment: only hosts that vote lead, and the agent of none of them runs. */
export const NO_LEADER = "no host leads the cluster";

/** An election, for people. */
export interface FleetElection {
  readonly name: string;
  /** How many are elected. */
  readonly count: number;
  /** What each host says, where that is not the same. */
  readonly counts: readonly { readonly host: string; readonly count: number }[];
  readonly elected: readonly string[];
  /** Hosts that stand and are not elected, in the order of their turns. */
  readonly standing: readonly string[];
}

/** The name of the semaphore that an election is. */
export function electionSemaphore(name: string): string {
  return PREFIX + name;
}

/** The election that a semaphore is; undefined: it is none. */
export function electionOf(semaphore: string): string | undefined {
  return semaphore.startsWith(PREFIX) ? semaphore.slice(PREFIX.length) : undefined;
}

/** Takes the elections out of all semaphores. */
export function partElections(all: readonly FleetSemaphore[]): {
  readonly semaphores: readonly FleetSemaphore[];
  readonly elections: readonly FleetElection[];
} {
  const elections = all.flatMap((semaphore): FleetElection[] => {
    const name = electionOf(semaphore.name);
    if (name === undefined) return [];
    const { size: count, sizes, holders, waiters } = semaphore;
    return [{
      name,
      count,
      counts: sizes.map(({ host, size }) => ({ host, count: size })),
      elected: holders.map(({ host }) => host),
      standing: waiters.map(({ host }) => host),
    }];
  });
  return { semaphores: all.filter(({ name }) => electionOf(name) === undefined), elections };
}
