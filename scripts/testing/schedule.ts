/**
 * Who runs beside whom: the cores are kept busy, and those who wait do so together.
 *
 * @module
 */

import type { Job } from "./plan.ts";

/** What matters of a job for its turn. */
export type Turn = Pick<Job, "place" | "work" | "exclusive" | "leavesNothing"> & {
  readonly seconds: number;
};

/** How many may run at the same time. */
export interface Hands {
  readonly cores: number;
  /** Files that mostly wait; a fleet of hosts counts as two of them. */
  readonly waiting: number;
}

/** So many hands for a machine with so many cores. */
export function handsOf(cores: number): Hands {
  return { cores, waiting: 3 * cores };
}

/** So many where cores have lain idle although all hands were full. */
function moreThan({ cores, waiting }: Hands): Hands {
  return { cores: cores + 1, waiting: waiting + 2 * cores };
}

/** A machine that is busy for less than this share of its cores has room for one more. */
const BUSY_SHARE = 0.75;

/** Whether a job may begin beside those that run, while others are left for later. */
export function mayBegin(
  turn: Turn,
  running: readonly Turn[],
  left: readonly Turn[],
  hands: Hands,
): boolean {
  if (running.some(({ exclusive }) => exclusive !== undefined)) return false;
  // Whoever needs the machine gets it when all others are done.
  if (turn.exclusive !== undefined) {
    return running.length === 0 && left.every(({ exclusive }) => exclusive !== undefined);
  }
  // They have one host, one after the other.
  if (turn.leavesNothing && running.some(({ leavesNothing }) => leavesNothing)) return false;
  const same = running.filter(({ work }) => work === turn.work);
  if (turn.work === "waits") return weigh([...same, turn]) <= hands.waiting;
  // As long as somebody waits for what he has started, a core is left for that.
  const others = [...running, ...left].some(({ work, exclusive }) =>
    work === "waits" && exclusive === undefined
  );
  return same.length < (others ? Math.max(1, hands.cores - 1) : hands.cores);
}

function weigh(turns: readonly Turn[]): number {
  return turns.reduce((sum, { place }) => sum + (place === "fleet" ? 2 : 1), 0);
}

/** What tells whether cores lie idle. */
export interface Idle {
  /** How long all of them together were busy so far, in seconds. */
  busySeconds(): number;
  /** How long is looked before one more joins, in milliseconds. */
  readonly lookMs: number;
}

/**
 * Runs all jobs, longest first, each with the number of a hand that nobody else has at that time. Where all hands are
 * full and cores lie idle all the same, others join them, one after each look. After `stop` nothing begins, and those
 * that run are waited for.
 */
export async function runInTurns<J extends Turn>(
  jobs: readonly J[],
  hands: Hands,
  run: (job: J, hand: number) => Promise<void>,
  idle: Idle,
  stop?: AbortSignal,
): Promise<void> {
  const left = [...jobs].sort((a, b) => b.seconds - a.seconds);
  const running = new Map<number, J>();
  const ends = new Map<number, Promise<number>>();
  const begin = (job: J) => {
    left.splice(left.indexOf(job), 1);
    const hand = firstFree(running);
    running.set(hand, job);
    ends.set(hand, run(job, hand).then(() => hand));
  };
  const mayJoin = (job: J, all: Hands) =>
    stop?.aborted !== true && mayBegin(job, [...running.values()], left, all);
  let look = begun(hands.cores, idle);
  for (;;) {
    for (const job of [...left]) if (mayJoin(job, hands)) begin(job);
    if (running.size === 0) return look.end();
    const ended = await Promise.race([...ends.values(), look.over]);
    if (ended === LOOKED) {
      const next = look.sawIdle() ? left.find((job) => mayJoin(job, moreThan(hands))) : undefined;
      if (next !== undefined) begin(next);
      look = begun(hands.cores, idle);
    } else {
      running.delete(ended);
      ends.delete(ended);
    }
  }
}

/** In place of the number of a hand. */
const LOOKED = -1;

/** Begins a look at whether cores lie idle. */
function begun(cores: number, { busySeconds, lookMs }: Idle) {
  const [beforeSeconds, beforeMs] = [busySeconds(), performance.now()];
  const { promise: over, resolve } = Promise.withResolvers<number>();
  const timer = setTimeout(() => resolve(LOOKED), lookMs);
  const sawIdle = () =>
    busySeconds() - beforeSeconds < BUSY_SHARE * cores * (performance.now() - beforeMs) / 1000;
  return { over, sawIdle, end: () => clearTimeout(timer) };
}

function firstFree(taken: ReadonlyMap<number, unknown>): number {
  for (let hand = 0;; hand++) if (!taken.has(hand)) return hand;
}
