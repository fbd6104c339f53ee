/**
 * What a graph costs that is a program, beside the same graph as data.
 *
 * @module
 */

import { join } from "node:path";
import { fileGraph, type SmallFile, smallFiles, writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { pause, type Resident, timed } from "./processes.ts";
import { type Context, type Figure, ms, type Row, short } from "./row.ts";
import { inTurns, median, summarize } from "./statistics.ts";

export const programGraphs: Row = { name: "programs", measure };

const LARGE = 10_000;
const READING = 1000;
/** After 30 a program counts as one that comes to no rest, and is slowed. */
const CHANGES = 28;
/** A change that is not in force by then never will be. */
const LIMIT_MS = 5000;

async function measure(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "programs");
  const small = await measureSmall(context, join(directory, "small"));
  const large = await measureLarge(context, join(directory, "large"));
  return [small, large, ...await measureResident(context, join(directory, "resident"))];
}

/** Some 30 lines, all right already. */
async function measureSmall(context: Context, directory: string): Promise<Figure> {
  const files = smallFiles(join(directory, "files"), 10, 10);
  writeFiles(files);
  const yaml = new Subject(context.programs, join(directory, "yaml"), fileGraph(files));
  const script = new Subject(context.programs, join(directory, "ts"), longProgram(files), [], "ts");
  const times = await inTurns(context.quick ? 7 : 25, {
    yaml: () => yaml.oneShot(),
    script: () => script.oneShot(),
  });
  const [one, other] = [median(times.script), median(times.yaml)];
  return {
    what: "30 lines of TypeScript until converged, above the same in YAML",
    measured: `${ms(one)} : ${ms(other)}`,
    value: one - other,
    unit: " ms",
    must: 150,
    goal: 100,
    details: { yaml: summarize(times.yaml), script: summarize(times.script) },
  };
}

async function measureLarge(context: Context, directory: string): Promise<Figure> {
  const noops = Array.from({ length: LARGE }, (_, i) => `  - name: n${i}\n`).join("");
  const graph = `graph: noops\nresources:\n  noop:\n${noops}`;
  const yaml = new Subject(context.programs, join(directory, "yaml"), graph);
  const loop = program(`  for (let i = 0; i < ${LARGE}; i++) noop("n" + i);`);
  const script = new Subject(context.programs, join(directory, "ts"), loop, [], "ts");
  const load = ({ graph, programs }: Subject) =>
    timed(programs.mgmt, ["graph", graph, "--format", "json"]);
  const times = await inTurns(context.quick ? 5 : 15, {
    yaml: () => load(yaml),
    script: () => load(script),
  });
  const [one, other] = [median(times.script), median(times.yaml)];
  return {
    what: `${LARGE} resources from a loop, above 1.5 × the load of the YAML`,
    measured: `${ms(one)} : ${ms(other)}`,
    value: one - 1.5 * other,
    unit: " ms",
    must: 200,
    goal: 100,
    details: { yaml: summarize(times.yaml), script: summarize(times.script) },
  };
}

/** Agents that go on: what an input costs that changes, and what memory they need. */
async function measureResident(context: Context, directory: string): Promise<Figure[]> {
  const files = smallFiles(join(directory, "files"), READING, READING);
  writeFiles(files);
  const input = join(directory, "input.json");
  const target = join(directory, "files/d0/target");
  const say = (number: number) => {
    Deno.writeTextFileSync(`${input}.new`, JSON.stringify({ number }));
    Deno.renameSync(`${input}.new`, input);
  };
  say(0);
  const text = program(`  for (let i = 0; i < ${READING}; i++) {
    file(\`${directory}/files/d0/f\${i}\`, {
      content: \`# file \${i}\\nlisten = 127.0.0.1:\${1024 + i}\\nworkers = 4\\n\`,
    });
  }
  file(${JSON.stringify(target)}, { content: "" + data(${JSON.stringify(input)}).number });`);
  const script = new Subject(context.programs, join(directory, "ts"), text, [], "ts");
  const yaml = new Subject(context.programs, join(directory, "yaml"), fileGraph(files));
  await using agent = script.agent();
  await using other = yaml.agent();
  await agent.rests();
  await other.rests();
  const times: number[] = [];
  for (let number = 1; number <= (context.quick ? 10 : CHANGES); number++) {
    await pause(300);
    const startMs = performance.now();
    say(number);
    while (Deno.readTextFileSync(target) !== String(number)) {
      if (performance.now() - startMs > LIMIT_MS) throw new Error("the input was not heard of");
      await pause(1);
    }
    if (number > 3) times.push(performance.now() - startMs);
  }
  await agent.rests();
  await pause(10_000);
  return [{
    what: `an input changes, of a program of ${READING} files, until that is on the disk`,
    measured: `${ms(median(times))}, slowest ${ms(Math.max(...times))}`,
    value: median(times),
    unit: " ms",
    must: 25,
    goal: 15,
    details: summarize(times),
  }, ...memoryFigures(agent, other)];
}

function memoryFigures(agent: Resident, other: Resident): Figure[] {
  const above = agent.memory().rssMb - other.memory().rssMb;
  const child = privateMb(childOf(agent.pid));
  return [{
    what: "memory of an agent with a program, above one with the same graph in YAML",
    measured: `${short(agent.memory().rssMb)} MB : ${short(other.memory().rssMb)} MB`,
    value: above,
    unit: " MB",
    must: 5,
  }, {
    what: "memory that the child of an agent has for itself",
    measured: `${short(child)} MB`,
    value: child,
    unit: " MB",
    must: 60,
  }];
}

/** The process that an agent has started. */
function childOf(pid: number): number {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = Deno.readTextFileSync(`/proc/${name}/stat`).split(") ").at(-1)?.split(" ");
      if (Number(fields?.[1]) === pid) return Number(name);
    } catch {
      // It is gone.
    }
  }
  throw new Error(`process ${pid} has no child`);
}

function privateMb(pid: number): number {
  const text = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
  const fields = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB/gm)];
  return fields.reduce((sum, [, kb]) => sum + Number(kb), 0) / 1024;
}

function program(body: string): string {
  return `import { file, noop, program } from "mgmt";
export default program(({ data }) => {
${body}
});
`;
}

/** The same files, each as somebody would write it. */
function longProgram(files: readonly SmallFile[]): string {
  const calls = files.map(({ path, content }) =>
    `  file(${JSON.stringify(path)}, {\n    content: ${JSON.stringify(content)},\n  });`
  );
  return program(calls.join("\n"));
}
