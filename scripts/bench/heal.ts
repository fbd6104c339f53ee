/**
 * How fast a removed and an overwritten file are as they were, in a small graph and in a large one,
 * beside the floor and, where MGMT_BENCH_GO names the mgmt that is written in Go, beside that.
 *
 * All agents run all the time and are tried in blocks in turn, so that a drift of the machine meets
 * them alike.
 *
 * @module
 */

import { join } from "node:path";
import { fileGraph, type SmallFile, smallFiles, writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { Resident } from "./processes.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { summarize, type Summary } from "./statistics.ts";
import { type Try, witness } from "./witness.ts";

const MANY = 10_000;
const BLOCK = 50;
const PAUSE_MS = 30;
const LIMIT_MS = 5000;

export const heal: Row = { name: "heal", measure: (context) => measure(context, false) };

/** With the floor and the small graph in the same run, which it is compared with. */
export const healMany: Row = { name: "heal-many", measure: (context) => measure(context, true) };

interface Harm extends Try {
  readonly who: string;
}

async function measure(context: Context, many: boolean): Promise<Figure[]> {
  const directory = join(context.directory, many ? "heal-many" : "heal");
  await using agents = new AsyncDisposableStack();
  const all: Record<string, SmallFile[]> = {};
  const files = (name: string, count: number, perDirectory: number) => {
    const made = all[name] = smallFiles(join(directory, name), count, perDirectory);
    writeFiles(made);
    return made;
  };
  const start = (name: string, of: SmallFile[]) => {
    const subject = new Subject(context.programs, join(directory, `${name}-agent`), fileGraph(of));
    return agents.use(subject.agent());
  };
  files("floor", 3, 3);
  const floor = new Resident(context.programs.floor, [join(directory, "floor/d0")]);
  const running = [agents.use(floor), start("mgmt", files("mgmt", 3, 3))];
  const go = Deno.env.get("MGMT_BENCH_GO");
  if (go !== undefined) running.push(agents.use(goAgent(go, directory, files("go", 3, 3))));
  if (many) running.push(start("mgmt-many", files("mgmt-many", MANY, 1)));
  const tries = context.quick ? 200 : 1000;
  context.say(`${tries} tries each of ${Object.keys(all).join(", ")}`);
  for (const agent of running) await agent.rests();
  const harms = plan(all, tries);
  const took = witness(directory, harms, PAUSE_MS, LIMIT_MS);
  return figures(harms, took, many);
}

/** The one in Go reads the same graph; it needs to be told that the files should be there. */
function goAgent(program: string, directory: string, files: SmallFile[]): Resident {
  const graph = join(directory, "go.yaml");
  const text = fileGraph(files).replaceAll(/^( +)content:/gm, "$1state: exists\n$1content:");
  Deno.writeTextFileSync(graph, text);
  return new Resident(program, ["run", "--tmp-prefix", "--no-pgp", "yaml", graph]);
}

/** Warm-up of one block each, which is not counted, then blocks in turn. */
function plan(all: Record<string, SmallFile[]>, tries: number): Harm[] {
  const blocks = Math.ceil(tries / BLOCK);
  return Array.from(
    { length: blocks + 1 },
    (_, block) =>
      (["remove", "overwrite"] as const).flatMap((how) =>
        Object.entries(all).flatMap(([who, files]) =>
          Array.from({ length: BLOCK }, (_, i) => {
            // far from each other, so that no directory is met twice in a row
            const file = files[((block * BLOCK + i) * 7919) % files.length];
            return { who: block === 0 ? "warm-up" : who, how, path: file?.path ?? "" };
          })
        )
      ),
  ).flat();
}

const WORDS = { remove: "removed file back", overwrite: "overwritten file right" };
const LIMITS = {
  floor: { median: { must: 1.4 }, p99: { must: 2 } },
  go: { median: { must: 1.3, goal: 1 }, p99: { must: 2, goal: 1 } },
  many: { median: { must: 1.3 }, p99: { must: 1.3 } },
} as const;

function figures(harms: readonly Harm[], took: readonly number[], many: boolean): Figure[] {
  const result: Figure[] = [];
  for (const how of ["remove", "overwrite"] as const) {
    const of = (who: string) => {
      const own = took.filter((_, i) => harms[i]?.how === how && harms[i]?.who === who);
      return own.length === 0 ? undefined : summarize(own);
    };
    const [floor, go, mgmt, crowd] = [of("floor"), of("go"), of("mgmt"), of("mgmt-many")];
    const add = (files: number, our: typeof go, name: string, their: typeof go, key: Key) => {
      if (our === undefined || their === undefined) return;
      result.push(...compare(`${WORDS[how]}, ${files} files`, our, name, their, LIMITS[key]));
    };
    add(3, mgmt, "floor", floor, "floor");
    add(3, mgmt, "mgmt in Go", go, "go");
    if (many) add(MANY, crowd, "3 files", mgmt, "many");
  }
  return result;
}

type Key = keyof typeof LIMITS;

function compare(
  what: string,
  our: Summary,
  name: string,
  their: Summary,
  limits: Record<"median" | "p99", { readonly must: number; readonly goal?: number }>,
): Figure[] {
  return (["median", "p99"] as const).map((which) => ({
    what: `${what}: ${which === "median" ? "median" : "99th"}`,
    measured: `${ms(our[which])} : ${name} ${ms(their[which])}`,
    value: our[which] / their[which],
    unit: " ×",
    ...limits[which],
    details: { mgmt: our, [name]: their },
  }));
}
