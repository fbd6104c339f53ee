/**
 * What simulated machines do under places in semaphores of the fleet: they want one now and then, work
 * when they have it, give it back, and stop in time when they are told that it is lost. In some fleets
 * all stand for an election, too, and work on from when they are elected until that is lost.
 *
 * @module
 */

import type { Effect } from "../../src/cluster/agent/io.ts";
import { electionSemaphore } from "../../src/cluster/leader/elections.ts";
import type { Machine } from "./machine.ts";
import { Chance } from "./random.ts";
import type { World } from "./world.ts";

/** A command that is told to end has so long. */
const STOP_MS = 3500;
/** How often a machine of such a fleet begins something, as a part of the ticks. */
const OFTEN = 0.01;
const MOST_JOBS = 2;
/** How often one stands no more, for a moment, as a part of the ticks. */
const RESIGNS = 0.002;
const ELECTION = electionSemaphore("lead");

/** Something that is done under a place. */
export interface Job {
  readonly want: number;
  readonly machine: Machine;
  readonly life: number;
  readonly name: string;
  readonly size: number;
  works: boolean;
}

/** All that is wanted and done in a fleet. */
export class FleetWork {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #isBusy: boolean;
  readonly #jobs = new Map<number, Job>();
  /** Of the elections: who works under places alone does what it did without them. */
  readonly #fate: Chance;
  /** So many are elected; 0: nobody stands. */
  readonly #elected: number;
  #count = 0;
  /** Nothing more is begun. */
  over = false;

  /** Chance of its own: what else happens is the same whether anybody works or not. */
  constructor(world: World, seed: number) {
    this.#world = world;
    this.#chance = new Chance(seed + 77);
    this.#isBusy = this.#chance.happens(0.5);
    this.#fate = new Chance(seed + 177);
    this.#elected = this.#fate.happens(0.3) ? this.#fate.pick([1, 1, 2]) : 0;
  }

  /** Offset and rate of a machine's clock. */
  clock(): { readonly offsetMs: number; readonly rate: number } {
    return {
      offsetMs: this.#chance.between(0, 1e6),
      rate: this.#chance.between(0.995, 1.005),
    };
  }

  /** What is wanted or done by agents that live. */
  get jobs(): readonly Job[] {
    return [...this.#jobs.values()].filter(({ machine, life }) => isAlive(machine, life));
  }

  /** Somebody may want something. */
  tick(): void {
    for (const job of [...this.#jobs.values()]) {
      if (!isAlive(job.machine, job.life)) this.#jobs.delete(job.want);
      else if (this.over && job.works) this.#end(job); // so that the next have their turn
    }
    if (this.#elected > 0) this.#elect();
    if (!this.#isBusy || this.over) return;
    for (const machine of this.#world.machines) {
      if (machine.agent === undefined || machine.agentPaused) continue;
      if (!this.#chance.happens(OFTEN)) continue;
      const jobs = this.jobs.filter((job) => job.machine === machine && job.name !== ELECTION);
      if (jobs.length < MOST_JOBS) this.#work(machine);
    }
  }

  /** All that can stand, but for who has just resigned. */
  #elect(): void {
    for (const machine of this.#world.machines) {
      if (machine.agent === undefined || machine.agentPaused) continue;
      const job = this.jobs.find((each) => each.machine === machine && each.name === ELECTION);
      if (job === undefined && !this.over) this.#want(machine, ELECTION, this.#elected);
      else if (job !== undefined && this.#fate.happens(RESIGNS)) this.#end(job);
    }
  }

  #work(machine: Machine): void {
    const name = this.#chance.pick(["one", "one", "two"]);
    const job = this.#want(machine, name, this.#chance.pick([1, 1, 2]));
    if (this.#chance.happens(0.1)) this.#after(job, 20, () => this.#end(job)); // it changed its mind
  }

  #want(machine: Machine, name: string, size: number): Job {
    const job = {
      ...{ want: ++this.#count, machine, life: machine.life },
      ...{ name, size, works: false },
    };
    this.#jobs.set(job.want, job);
    this.#world.note(() => `   ${machine} wants ${textOf(job)}`);
    const wish = { ...job, resource: "thing[a]", mayGo: false };
    this.#world.send(machine, { type: "want", wish });
    return job;
  }

  /** The agent says how it is with a place. */
  place(machine: Machine, effect: Effect & { type: "place" }): void {
    const job = this.#jobs.get(effect.want);
    if (job === undefined || job.life !== machine.life) return;
    if (effect.is === "held") {
      job.works = true;
      this.#world.note(() => `   ${machine} works on ${textOf(job)}`);
      this.#world.observe({ type: "works", job });
      if (job.name === ELECTION) return;
      const takesMs = this.#chance.happens(0.1) ? 30_000 : this.#chance.between(20, 4000);
      this.#after(job, takesMs, () => this.#end(job));
    } else if (effect.is === "lost") {
      this.#world.note(() => `   ${machine} has to stop ${textOf(job)}: ${effect.why}`);
      // Who was stopped does nothing before it hears that it is too late.
      const stopsMs = machine.hasPaused ? 0 : this.#chance.between(0, STOP_MS);
      this.#after(job, stopsMs, () => this.#end(job));
    }
  }

  #end(job: Job): void {
    if (!this.#jobs.delete(job.want)) return;
    job.works = false;
    this.#world.note(() => `   ${job.machine} ends ${textOf(job)}`);
    this.#world.send(job.machine, { type: "unwant", want: job.want });
  }

  #after(job: Job, delayMs: number, run: () => void): void {
    this.#world.time.after(delayMs, () => {
      if (isAlive(job.machine, job.life)) run();
    });
  }
}

/** What an agent that was killed had begun ended with it. */
function isAlive(machine: Machine, life: number): boolean {
  return machine.agent !== undefined && machine.life === life;
}

function textOf({ name, size, want }: Job): string {
  return `${name}:${size} (${want})`;
}
