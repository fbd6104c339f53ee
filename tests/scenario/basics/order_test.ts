/** Which commands run after, beside and instead of each other: fan-in, fan-in-out, semaphores, ^C. */

import { assert, assertEquals } from "@std/assert";
import { contentOf, type Program, within } from "../../support/program.ts";
import { eventsOf, tells, withJsonRun } from "../../support/json_run.ts";
import { isRunning } from "../../support/processes.ts";

/** A command of a shell that writes down when it begins and ends. */
function command(name: string, work = ":", meta = ""): string {
  const cmd = `echo +${name} >> DIR/log; ${work}; echo -${name} >> DIR/log`;
  const more = meta === "" ? "" : `, meta: {${meta}}`;
  return `  - {name: ${name}, shell: /bin/sh, timeout: 60, cmd: ${JSON.stringify(cmd)}${more}}\n`;
}

/** Goes on when so many of those have begun: who runs one after the other never comes that far. */
function together(count: number, names: string): string {
  return `until [ $(grep -c '^+${names}' DIR/log) -ge ${count} ]; do sleep 0.02; done`;
}

function graph(commands: readonly string[], edges: readonly (readonly [string, string])[] = []) {
  const lines = edges.map(([from, to]) =>
    `- {from: {kind: exec, name: ${from}}, to: {kind: exec, name: ${to}}}\n`
  );
  const drawn = lines.length === 0 ? "" : `edges:\n${lines.join("")}`;
  return `graph: order\nresources:\n  exec:\n${commands.join("")}${drawn}`;
}

function edges(from: readonly string[], to: readonly string[]): [string, string][] {
  return from.flatMap((one) => to.map((other): [string, string] => [one, other]));
}

function logOf(directory: string): string[] {
  return (contentOf(`${directory}/log`) ?? "").split("\n").filter((line) => line !== "");
}

/** The commands by turns: those between which nothing has to wait stand together, by name. */
function turns(directory: string): string[] {
  const turns: string[][] = [];
  let isEnd = true;
  for (const line of logOf(directory)) {
    if (isEnd && line.startsWith("+")) turns.push([]);
    isEnd = line.startsWith("-");
    if (!isEnd) turns.at(-1)!.push(line.slice(1));
  }
  return turns.map((names) => names.sort().join());
}

/** How many of those ran at the same time at most. */
function mostAtOnce(log: readonly string[], names: string): number {
  let running = 0;
  const counts = log.filter((line) => line.slice(1).startsWith(names)).map((line) =>
    running += line.startsWith("+") ? 1 : -1
  );
  return Math.max(0, ...counts);
}

const LAYER = ["a1", "a2", "a3"];

Deno.test("fan-in: what has no edge runs beside each other, and what waits for all of it last", async () => {
  const layer = LAYER.map((name) => command(name, together(3, "a")));
  const text = graph([command("join"), ...layer], edges(LAYER, ["join"]));
  await withJsonRun(text, async ({ directory, once }) => {
    const { code, stdout, stderr } = await once();
    assertEquals(code, 0, stdout + stderr);
    assertEquals(turns(directory), ["a1,a2,a3", "join"]);
  });
});

Deno.test("fan-in: where one fails, the others run, and what waits for all of it does not", async () => {
  const layer = LAYER.map((name) => command(name, name === "a2" ? "exit 7" : ":"));
  const text = graph([command("join"), ...layer], edges(LAYER, ["join"]));
  await withJsonRun(text, async ({ directory, once }) => {
    const run = await once();
    assertEquals(run.code, 4, run.stdout + run.stderr);
    assertEquals(logOf(directory).sort(), ["+a1", "+a2", "+a3", "-a1", "-a3"]);
    const { recap, failed, blocked } = eventsOf(run).at(-1);
    assertEquals([failed, blocked], [["exec[a2]"], ["exec[join]"]]);
    assertEquals([recap.changed, recap.failed, recap.blocked], [2, 1, 1]);
  });
});

Deno.test("fan-in-out: layer after layer, each of them all at once", async () => {
  const next = ["b1", "b2", "b3"];
  const text = graph([
    command("end"),
    ...next.map((name) => command(name, together(3, "b"))),
    command("middle"),
    ...LAYER.map((name) => command(name, together(3, "a"))),
  ], [
    ...edges(LAYER, ["middle"]),
    ...edges(["middle"], next),
    ...edges(next, ["end"]),
  ]);
  await withJsonRun(text, async ({ directory, once }) => {
    const { code, stdout, stderr } = await once();
    assertEquals(code, 0, stdout + stderr);
    assertEquals(turns(directory), ["a1,a2,a3", "middle", "b1,b2,b3", "end"]);
  });
});

Deno.test("semaphores: as many at once as each lets in, also where somebody needs both, and no fewer", async () => {
  const pause = "sleep 0.05";
  const text = graph([
    ...["p1", "p2", "p3", "p4"].map((name) =>
      command(name, `${together(2, "p")}; ${pause}`, 'sema: ["pair:2"]')
    ),
    ...["s1", "s2", "s3"].map((name) => command(name, pause, "sema: [single]")),
    command("ps", pause, 'sema: ["pair:2", single]'),
  ]);
  await withJsonRun(text, async ({ directory, once }) => {
    const { code, stdout, stderr } = await once();
    assertEquals(code, 0, stdout + stderr);
    const log = logOf(directory);
    assertEquals(log.length, 16, `each once: ${log}`);
    assertEquals(mostAtOnce(log, "p"), 2, log.join());
    const single = log.map((line) => line.endsWith("ps") ? `${line[0]}s0` : line);
    assertEquals(mostAtOnce(single, "s"), 1, log.join());
  });
});

/** Four commands with three places, so that one waits for a place, and one that waits for all four. */
function waiting(work: string): string {
  const names = ["a1", "a2", "a3", "a4"];
  const layer = names.map((name) =>
    command(name, `echo $$ >> DIR/pids; ${work}`, 'sema: ["place:3"]')
  );
  return graph([command("after"), ...layer], edges(names, ["after"]));
}

/** Waits until three commands run, and says which processes they are. */
async function running(directory: string, program: Program): Promise<string[]> {
  const pids = () => (contentOf(`${directory}/pids`) ?? "").split("\n").slice(0, -1);
  await within(60_000, () => pids().length === 3, () => program.stdout);
  return pids();
}

Deno.test("one ^C: all that runs is finished, and neither who waits for it nor for a place begins", async () => {
  await withJsonRun(waiting("until [ -e DIR/go ]; do sleep 0.02; done"), async (run) => {
    const { directory } = run;
    const program = run.start();
    await running(directory, program);
    program.signal("SIGINT");
    const { working } = await tells(program, ({ type }) => type === "stopping");
    Deno.writeTextFileSync(`${directory}/go`, "");
    const ended = await program.ended();
    assertEquals(ended.code, 130, ended.stdout);
    const log = logOf(directory);
    const begun = log.filter((line) => line.startsWith("+")).map((line) => line.slice(1));
    assertEquals([begun.length, log.length], [3, 6], "three, and they to their end");
    assertEquals(working.toSorted(), begun.map((name) => `exec[${name}]`).sort());
    const { exitCode, recap } = eventsOf(ended).at(-1);
    assertEquals([exitCode, recap.changed, recap.aborted], [130, 3, 0]);
  });
});

Deno.test("two ^C: all that runs is aborted and named, and nothing else begins", async () => {
  await withJsonRun(waiting("sleep 1000"), async (run) => {
    const { directory } = run;
    const program = run.start();
    const pids = await running(directory, program);
    program.signal("SIGINT");
    await tells(program, ({ type }) => type === "stopping");
    await program.signalAgain("SIGINT");
    const ended = await program.ended();
    assertEquals(ended.code, 130, ended.stdout);
    const events = eventsOf(ended);
    const aborted = events.filter(({ type }) => type === "aborted").map(({ key }) => key);
    const begun = logOf(directory).map((line) => `exec[${line.slice(1)}]`);
    assertEquals(aborted.sort(), begun.sort());
    const { exitCode, recap } = events.at(-1);
    assertEquals([exitCode, recap.changed, recap.aborted], [130, 0, 3]);
    for (const pid of pids) assert(!isRunning(Number(pid)), `${pid} still runs`);
  });
});
