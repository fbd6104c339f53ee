/**
 * How fast a removed file is back, in a small graph and in a large one, beside the floor.
 *
 * All three agents run all the time and are tried in blocks in turn, so that a drift of the machine
 * meets them alike.
 *
 * @module
 */

import { join } from "node:path";
import { fileGraph, type SmallFile, smallFiles, writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { Resident } from "./processes.ts";
import { ROOT } from "./programs.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { summarize, type Summary } from "./statistics.ts";
import type { Plan, Times } from "./watcher.ts";

const MANY = 10_000;
const BLOCK = 50;
const PAUSE_MS = 30;
const LIMIT_MS = 5000;

export const heal: Row = { name: "heal", measure: (context) => measure(context, false) };

/** With the floor and the small graph in the same run, which it is compared with. */
export const healMany: Row = { name: "heal-many", measure: (context) => measure(context, true) };

async function measure(context: Context, many: boolean): Promise<Figure[]> {
  const directory = join(context.directory, many ? "heal-many" : "heal");
  await using agents = new AsyncDisposableStack();
  const tries = context.quick ? 200 : 1000;
  const files = (name: string, count: number, perDirectory: number) => {
    const made = smallFiles(join(directory, name), count, perDirectory);
    writeFiles(made);
    return made;
  };
  const start = (name: string, of: SmallFile[]) => {
    const subject = new Subject(context.programs, join(directory, `${name}-agent`), fileGraph(of));
    return agents.use(subject.agent());
  };
  const healed = { floor: files("floor", 3, 3), mgmt: files("mgmt", 3, 3) };
  const all: Record<string, SmallFile[]> = healed;
  if (many) all["mgmt-many"] = files("mgmt-many", MANY, 1);
  const floor = new Resident(context.programs.floor, [join(directory, "floor/d0")]);
  const running = [agents.use(floor), start("mgmt", healed.mgmt)];
  if (all["mgmt-many"] !== undefined) running.push(start("mgmt-many", all["mgmt-many"]));
  context.say(`${tries} tries each of ${Object.keys(all).join(", ")}`);
  for (const agent of running) await agent.rests();
  const times = witness(directory, plan(all, tries));
  return figures(times, many);
}

/** Warm-up of one block each, which is not counted, then blocks in turn. */
function plan(all: Record<string, SmallFile[]>, tries: number): Plan {
  const blocks = Math.ceil(tries / BLOCK);
  const inTurn = Array.from(
    { length: blocks + 1 },
    (_, block) =>
      Object.entries(all).flatMap(([who, files]) =>
        Array.from({ length: BLOCK }, (_, i) => {
          // far from each other, so that no directory is met twice in a row
          const file = files[((block * BLOCK + i) * 7919) % files.length];
          return { who: block === 0 ? "warm-up" : who, path: file?.path ?? "" };
        })
      ),
  );
  return { pauseMs: PAUSE_MS, limitMs: LIMIT_MS, tries: inTurn.flat() };
}

/** Runs the separate process that removes and waits. */
function witness(directory: string, plan: Plan): Times {
  const file = join(directory, "plan.json");
  Deno.writeTextFileSync(file, JSON.stringify(plan));
  const output = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", join(ROOT, "scripts/bench/watcher.ts"), file],
  }).outputSync();
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  return JSON.parse(new TextDecoder().decode(output.stdout)) as Times;
}

function figures(times: Times, many: boolean): Figure[] {
  const of = (who: string) => ({
    ...summarize(times.back[who] ?? []),
    removal: summarize(times.removal[who] ?? []),
  });
  const [floor, mgmt] = [of("floor"), of("mgmt")];
  const small = "removed file back, 3 files";
  const result = [
    compare(small, "median", { mgmt }, { floor }, { must: 2, goal: 1.3 }),
    compare(small, "p99", { mgmt }, { floor }, { must: 4, goal: 2 }),
  ];
  if (!many) return result;
  const large = `removed file back, ${MANY} files`;
  const crowd = of("mgmt-many");
  return [
    ...result,
    compare(large, "median", { mgmt: crowd }, { "3 files": mgmt }, { must: 1.3 }),
    compare(large, "p99", { mgmt: crowd }, { "3 files": mgmt }, { must: 1.3 }),
  ];
}

function compare(
  what: string,
  which: "median" | "p99",
  ours: Record<string, Summary>,
  theirs: Record<string, Summary>,
  limits: { must: number; goal?: number },
): Figure {
  const [[, our] = [], [name, their] = []] = [Object.entries(ours)[0], Object.entries(theirs)[0]];
  if (our === undefined || their === undefined) throw new Error("nothing to compare");
  return {
    what: `${what}: ${which === "median" ? "median" : "99th"}`,
    measured: `${ms(our[which])} : ${name} ${ms(their[which])}`,
    value: our[which] / their[which],
    unit: " ×",
    ...limits,
    details: { ...ours, ...theirs },
  };
}
