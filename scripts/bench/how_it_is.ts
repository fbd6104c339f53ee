/**
 * What it costs an agent to be watched: its metrics are read each second and its events along, beside
 * the same agent that nobody watches; or, where MGMT_BENCH_BEFORE names an earlier executable, beside that.
 *
 * @module
 */

import { join } from "node:path";
import { control } from "../../tests/support/control.ts";
import { freePort } from "../../tests/support/free_port.ts";
import { fileGraph, type SmallFile, smallFiles, writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { onTerminal } from "./on_terminal.ts";
import { pause, Resident } from "./processes.ts";
import { type Context, type Figure, ms, type Row, short } from "./row.ts";
import { inTurns, median, summarize } from "./statistics.ts";
import { type Try, witness } from "./witness.ts";

const MANY = 10_000;
const FEW = 3;
const BLOCK = 50;
const PAUSE_MS = 30;
const LIMIT_MS = 5000;
const SCRAPES = 50;
const ASKED = 100;
const GONE = 50;

export const howItIs: Row = {
  name: "how-it-is",
  measure: async (context) => [
    ...await start(context),
    ...await heal(context),
    ...await memory(context),
    ...await status(context),
    ...await onTerminal(context),
  ],
};

/** Where two agents are compared, each with files of its own. */
interface Pair {
  readonly watched: Subject;
  readonly beside: Subject;
  readonly files: Readonly<Record<"watched" | "beside", SmallFile[]>>;
  readonly url: string;
  readonly socket: string;
}

function pairOf(context: Context, name: string, count: number, perDirectory: number): Pair {
  const directory = join(context.directory, name);
  const place = `127.0.0.1:${freePort()}`;
  const before = Deno.env.get("MGMT_BENCH_BEFORE");
  const programs = { ...context.programs, ...(before === undefined ? {} : { mgmt: before }) };
  const filesOf = (who: string) => {
    const files = smallFiles(join(directory, who), count, perDirectory);
    writeFiles(files);
    return files;
  };
  const files = { watched: filesOf("watched"), beside: filesOf("beside") };
  const home = join(directory, "watched-agent");
  const flags = ["--metrics", place];
  return {
    watched: new Subject(context.programs, home, fileGraph(files.watched), flags),
    beside: new Subject(programs, join(directory, "beside-agent"), fileGraph(files.beside)),
    files,
    url: `http://${place}/metrics`,
    socket: join(home, "prefix/read.sock"),
  };
}

/** Both agents, and who reads the one. */
async function started(
  { watched, beside, url, socket }: Pair,
  agents: AsyncDisposableStack,
): Promise<Readonly<Record<"watched" | "beside", Resident>>> {
  const running = { watched: agents.use(watched.agent()), beside: agents.use(beside.agent()) };
  for (const agent of Object.values(running)) await agent.rests();
  const script = new URL("scraper.ts", import.meta.url).pathname;
  agents.use(new Resident(Deno.execPath(), ["run", "-A", "--quiet", script, url, socket]));
  await pause(5000);
  return running;
}

/** A run must not notice that it can be watched. */
async function start(context: Context): Promise<Figure[]> {
  if (Deno.env.get("MGMT_BENCH_BEFORE") === undefined) return [];
  const { watched, beside } = pairOf(context, "how-it-is-start", 1000, 100);
  const own = new Subject(
    context.programs,
    watched.directory,
    Deno.readTextFileSync(watched.graph),
  );
  const times = await inTurns(context.quick ? 7 : 31, {
    watched: () => own.oneShot(),
    beside: () => beside.oneShot(),
  });
  const [now, then] = [median(times.watched), median(times.beside)];
  return [{
    what: "one-shot, 1000 files right",
    measured: `${ms(now)} : before ${ms(then)}`,
    value: now / then,
    unit: " ×",
    must: 1.02,
  }];
}

async function heal(context: Context): Promise<Figure[]> {
  await using agents = new AsyncDisposableStack();
  const pair = pairOf(context, "how-it-is-heal", FEW, FEW);
  await started(pair, agents);
  const blocks = context.quick ? 4 : 20;
  const harms = Array.from(
    { length: blocks + 1 },
    (_, block) =>
      (["watched", "beside"] as const).flatMap((who) =>
        Array.from({ length: BLOCK }, (_, at): Try & { readonly who: string } => ({
          who: block === 0 ? "warm-up" : who,
          how: "remove",
          path: pair.files[who][at % FEW]?.path ?? "",
        }))
      ),
  ).flat();
  const took = witness(context.directory, harms, PAUSE_MS, LIMIT_MS);
  const of = (who: string) => summarize(took.filter((_, at) => harms[at]?.who === who));
  const [watched, beside] = [of("watched"), of("beside")];
  return (["median", "p99"] as const).map((which) => ({
    what: `removed file back, watched: ${which === "median" ? "median" : "99th"}`,
    measured: `${ms(watched[which])} : unwatched ${ms(beside[which])}`,
    value: watched[which] / beside[which],
    unit: " ×",
    must: which === "median" ? 1.05 : 1.5,
    details: { watched, beside },
  }));
}

async function memory(context: Context): Promise<Figure[]> {
  await using agents = new AsyncDisposableStack();
  const pair = pairOf(context, "how-it-is-memory", MANY, 100);
  const { watched, beside } = await started(pair, agents);
  await pause(context.quick ? 10_000 : 60_000);
  const [own, other] = [watched.memory(), beside.memory()];
  const scrapes: number[] = [];
  for (let time = 0; time < SCRAPES; time++) {
    const startMs = performance.now();
    await (await fetch(pair.url)).text();
    scrapes.push(performance.now() - startMs);
  }
  const { median: half, p99 } = summarize(scrapes);
  return [{
    what: `memory with ${MANY} files, watched`,
    measured: `${short(own.pssMb)} MB : unwatched ${short(other.pssMb)} MB`,
    value: own.pssMb - other.pssMb,
    unit: " MB more",
    must: 3,
    details: { own, other },
  }, {
    what: `metrics of ${MANY} resources: median`,
    measured: `${ms(half)}, 99th ${ms(p99)}`,
    value: half,
    unit: " ms",
    must: 50,
    goal: 5,
  }];
}

/** Asked in the middle of repairs: each time some files have just gone. */
async function status(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "how-it-is-status");
  const files = smallFiles(join(directory, "files"), MANY, 100);
  writeFiles(files);
  const rates = ["--repair-burst", "100000", "--repair-rate", "1000000"];
  const subject = new Subject(context.programs, join(directory, "agent"), fileGraph(files), rates);
  await using agent = subject.agent();
  await agent.rests();
  const times: number[] = [];
  let unfinished = 0;
  for (let round = 0; round < ASKED; round++) {
    const gone = files.slice(round * GONE, (round + 1) * GONE);
    for (const { path } of gone) Deno.removeSync(path);
    const startMs = performance.now();
    const { status } = await control(join(subject.directory, "prefix"), "GET", "/v1/status");
    times.push(performance.now() - startMs);
    if (status !== 200) throw new Error(`status ${status}`);
    if (gone.some(({ path }) => !isThere(path))) unfinished++;
    await pause(PAUSE_MS);
  }
  const { median: half, p99 } = summarize(times);
  return [{
    what: `status of ${MANY} resources while ${GONE} are put right: median`,
    measured: `${ms(half)}, 99th ${ms(p99)}; ${unfinished} of ${ASKED} times they were not by then`,
    value: half,
    unit: " ms",
    must: 50,
    goal: 20,
    details: { times },
  }];
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch {
    return false;
  }
}
