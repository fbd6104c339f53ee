/**
 * Harms two agents and what they keep for a long time, one of them also by ending it: the end state has
 * to be right again and again, and the other one must not grow.
 *
 * Usage: deno task soak [--minutes N | --seconds N] [--seed N] [--program PROGRAM] [--plant]
 *
 * Takes dist/mgmt as it is, or another program. --plant stops an agent before the last harm, so that a wrong end state has to
 * be found. Exit code 1 where something is wrong.
 *
 * @module
 */

import { join } from "node:path";
import { seededRandom } from "../src/engine/seeded_random.ts";
import { pause } from "./bench/processes.ts";
import { harm, type Victim } from "./soak/harm.ts";
import { type Holding, SoakAgent } from "./soak/soak_agent.ts";
import { type Difference, World } from "./soak/world.ts";

/** Harms between two looks at the end state, and the longest pause between two of them. */
const HARMS = 100;
const PAUSE_MS = 25;
/** A state that is not right after so long is a wrong end state; a disk that is busy is tried again for a minute. */
const PATIENCE_MS = 180_000;
/** An agent gives memory back when it has been at rest for ten seconds. */
const REST_MS = 25_000;
/** What an agent may hold at the end: times and more than at its start. */
const MAY_HOLD: Readonly<Record<keyof Holding, readonly [number, number]>> = {
  "memory, MB": [1.3, 0],
  descriptors: [1, 2],
  threads: [1, 4],
  watches: [1, 0],
};

function text(name: string): string | undefined {
  const index = Deno.args.indexOf(name);
  return index < 0 ? undefined : Deno.args[index + 1];
}

function number(name: string, otherwise: number): number {
  return Number(text(name) ?? otherwise);
}

const program = text("--program") ?? join(import.meta.dirname ?? ".", "../dist/mgmt");
const seconds = number("--seconds", number("--minutes", 10) * 60);
const seed = number("--seed", Date.now() % 1_000_000);
const planted = Deno.args.includes("--plant");
const random = seededRandom(seed);
const below = (limit: number) => Math.floor(random() * limit);
const wrong: string[] = [];
let harms = 0;
let looks = 0;

/** Waits until the world is as it should be; says what is not. */
async function rightState(world: World, agent: SoakAgent, patienceMs: number): Promise<boolean> {
  let differences: Difference[] = [];
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await pause(20)) {
    differences = world.differences();
    if (differences.length === 0) return true;
  }
  wrong.push(...differences.map(({ path, what }) => `${path}: ${what}`), agent.said);
  return false;
}

function victim(directory: string, name: string, mayEnd: boolean): Victim {
  const world = new World(join(directory, name));
  const args = ["run", "-q", "--file", world.graph, "--prefix", join(world.directory, "prefix")];
  return { world, agent: new SoakAgent(program, args, mayEnd), below };
}

/** A line for each thing that is held; true: none is too much. */
function compare(before: Holding, after: Holding): boolean {
  const names = Object.keys(before) as (keyof Holding)[];
  const tooMuch = names.filter((name) => {
    const [times, more] = MAY_HOLD[name];
    return after[name] > before[name] * times + more;
  });
  for (const name of names) {
    console.log(`  ${name}: ${before[name]} → ${after[name]}${tooMuch.includes(name) ? "!" : ""}`);
  }
  return tooMuch.length === 0;
}

/** Harms and looks until the time is over; false as soon as an end state is wrong. */
async function harmAndLook(victims: readonly Victim[]): Promise<boolean> {
  for (const endMs = performance.now() + seconds * 1000; performance.now() < endMs;) {
    for (let count = 0; count < HARMS; count++, harms++) {
      await harm(victims[below(victims.length)]!);
      await pause(below(PAUSE_MS));
    }
    for (const { world, agent } of victims) {
      looks++;
      if (!await rightState(world, agent, PATIENCE_MS)) return false;
    }
  }
  return true;
}

/** True: everything was right. */
async function soak(directory: string): Promise<boolean> {
  await using agents = new AsyncDisposableStack();
  const steady = victim(directory, "steady", false);
  const ended = victim(directory, "ended", true);
  for (const { agent } of [steady, ended]) agents.use(agent);
  for (const { world, agent } of [steady, ended]) {
    if (!await rightState(world, agent, PATIENCE_MS)) return false;
  }
  const isLong = seconds >= 60;
  await pause(isLong ? REST_MS : 0);
  const before = steady.agent.holding();
  if (!await harmAndLook([steady, ended])) return false;
  if (planted) {
    steady.agent.signal("SIGSTOP");
    Deno.writeTextFileSync(steady.world.paths[0]!, "spoilt");
    const found = !await rightState(steady.world, steady.agent, 500);
    steady.agent.signal("SIGCONT");
    return !found;
  }
  await pause(isLong ? REST_MS : 0);
  const after = steady.agent.holding();
  console.log(`${harms} harms, ${looks} end states, ${ended.agent.restarts} agents ended`);
  return compare(before, after) || !isLong;
}

const directory = Deno.makeTempDirSync({ prefix: "mgmt-soak-" });
console.log(`${seconds} s, seed ${seed}, in ${directory}`);
const right = await soak(directory);
if (wrong.length > 0) console.log(`wrong end states:\n${wrong.join("\n")}`);
if (right) Deno.removeSync(directory, { recursive: true });
Deno.exit(right ? 0 : 1);
