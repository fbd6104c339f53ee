/** Any sequence of runs and undos, and what taking all of it back makes of it. */

import { assertEquals } from "@std/assert";
import { seededRandom } from "../../../../src/engine/seeded_random.ts";
import {
  ABSENT,
  DIRECTORY,
  LINK,
  ONE,
  put,
  run,
  stateAt,
  TWO,
  type WantedPath,
} from "../../../support/path_states.ts";
import { inUndoWorld, type UndoWorld } from "../../../support/undo_world.ts";

const STATES: readonly WantedPath[] = [
  ABSENT,
  ONE,
  TWO,
  { ...ONE, mode: "0600" },
  { ...TWO, mode: "0755" },
  LINK,
  { ...LINK, target: "nowhere" },
  DIRECTORY,
  { ...DIRECTORY, mode: "0755" },
  { ...DIRECTORY, purge: true },
];
const PATHS = 24;
const STEPS = 6;

/** One of several, as a seed decides. */
type Picker = <Value>(values: readonly Value[]) => Value;

function pickBy(seed: number): Picker {
  const random = seededRandom(seed);
  return (values) => values[Math.floor(random() * values.length)]!;
}

/** What all paths are like, by name. */
type States = Readonly<Record<string, unknown>>;

function statesOf(world: UndoWorld, names: readonly string[]): States {
  return Object.fromEntries(names.map((name) => [name, stateAt(world.path(name))]));
}

/** A moment that no change shares. */
async function moment(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  const atMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  return atMs;
}

interface Walk {
  readonly names: readonly string[];
  /** What was there at a time, the start first. */
  readonly moments: readonly { readonly atMs: number; readonly states: States }[];
  /** What was done, for who reads of a failure. */
  readonly told: string;
}

/** Runs and undos of all paths, each of which has its own sequence of states. */
async function walk(world: UndoWorld, pick: Picker): Promise<Walk> {
  const names = Array.from({ length: PATHS }, (_, index) => `p${index}`);
  const told: string[] = [];
  const tell = (wanted: Readonly<Record<string, WantedPath>>) =>
    told.push(...names.map((name) => `${name}: ${JSON.stringify(wanted[name])}`));
  const someOfEach = () => Object.fromEntries(names.map((name) => [name, pick(STATES)]));
  const start = someOfEach();
  for (const name of names) put(world.path(name), start[name]!);
  tell(start);
  await run(world, { other: ONE });
  const moments = [{ atMs: await moment(), states: statesOf(world, names) }];
  for (let step = 0; step < STEPS; step++) {
    const before = pick(moments);
    if (step > 1 && pick([true, false])) {
      told.push(`undo since moment ${moments.indexOf(before)}`);
      await world.undone({ since: { type: "date", atMs: before.atMs } });
    } else {
      const wanted = someOfEach();
      tell(wanted);
      await run(world, wanted);
    }
    moments.push({ atMs: await moment(), states: statesOf(world, names) });
    const name = pick(names);
    const change = world.changes(`file[${name}]`).at(-1)?.id;
    if (change === undefined || pick([true, false])) continue;
    told.push(`undo of the last change of ${name}`);
    await world.undone({ change });
    moments.push({ atMs: await moment(), states: statesOf(world, names) });
  }
  return { names, moments, told: told.join("\n") };
}

for (const seed of [1, 2]) {
  Deno.test(`any sequence of runs and undos is undone since any time as a whole, and then there is nothing to do (seed ${seed})`, async () => {
    await inUndoWorld(async (world) => {
      const { names, moments, told } = await walk(world, pickBy(seed));
      for (const { atMs, states } of [moments[3]!, moments[0]!]) {
        const since = { type: "date", atMs } as const;
        const said = await world.undone({ since });
        const there = statesOf(world, names);
        for (const name of names) {
          assertEquals(there[name], states[name], `${name}\n${said}\n${linesOf(told, name)}`);
        }
        const again = await world.undo({ since }, { asJson: true });
        const { resources } = JSON.parse(again.ok ? again.value.text : "{}");
        const statuses = resources.map(({ status }: { readonly status: string }) => status);
        assertEquals([...new Set(statuses)], ["already"], told);
      }
    });
  });
}

Deno.test("any sequence of runs and undos: a restore brings back what was there at a time", async () => {
  await inUndoWorld(async (world) => {
    const pick = pickBy(3);
    const { names, moments, told } = await walk(world, pick);
    for (const name of names.slice(0, 8)) {
      const { atMs, states } = pick(moments);
      const done = await world.undo({ resource: `file[${name}]`, at: { type: "date", atMs } });
      const said = done.ok ? done.value.text : done.failure.message;
      assertEquals(stateAt(world.path(name)), states[name], `${said}\n${linesOf(told, name)}`);
    }
  });
});

function linesOf(told: string, name: string): string {
  return told.split("\n").filter((line) => /^undo/.test(line) || line.startsWith(`${name}:`))
    .join("\n");
}
