/**
 * What the live screen costs: a run on a terminal that changes many files, with it and with lines alone.
 *
 * @module
 */

import { ensureDirSync } from "@std/fs";
import { join } from "node:path";
import { fileGraph, smallFiles } from "./graphs.ts";
import { type Context, type Figure, ms } from "./row.ts";
import { inTurns, median } from "./statistics.ts";

const PER_DIRECTORY = 100;
const TRIES = { quick: 2, usual: 7 };
/** Its terminal, as many have it. */
const SIZE = "stty columns 120 rows 40";

/** CPU time of both, in turns. */
export async function onTerminal(context: Context): Promise<Figure[]> {
  const count = context.quick ? 2000 : 10_000;
  const tries = await inTurns(context.quick ? TRIES.quick : TRIES.usual, {
    live: () => cpuMs(context, "live", count),
    human: () => cpuMs(context, "human", count),
  });
  const [live, human] = [median(tries.live), median(tries.human)];
  return [{
    what: `${count} changes on a terminal: CPU, live`,
    measured: `${ms(live)} : lines alone ${ms(human)}`,
    value: live / human,
    unit: " ×",
    must: 1.15,
    goal: 1.05,
    details: { ...tries },
  }];
}

/** CPU time of a run on a terminal of its own that makes all files, in milliseconds. */
function cpuMs({ programs, directory: parent }: Context, output: string, count: number): number {
  const directory = join(parent, "on-terminal");
  ensureDirSync(directory);
  const [graph, times] = [join(directory, "graph.yaml"), join(directory, "times")];
  Deno.writeTextFileSync(
    graph,
    fileGraph(smallFiles(join(directory, "files"), count, PER_DIRECTORY)),
  );
  for (let made = 0; made < count / PER_DIRECTORY; made++) {
    ensureDirSync(join(directory, "files", `d${made}`));
  }
  const run = [programs.mgmt, "run", graph, "--output", output, "--converged-timeout=0"];
  const prefix = join(directory, "prefix");
  const line = `${SIZE}; ${run.join(" ")} --prefix ${prefix} && times >${times}`;
  // It is told to wait for the end, and what is written on its terminal is for nobody.
  const ended = new Deno.Command("script", {
    args: ["-qefc", line, "/dev/null"],
    env: { TERM: "xterm-256color", SHELL: "/bin/sh" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync();
  if (!ended.success) throw new Error(`${line}: exit code ${ended.code}`);
  const cpu = childrenMs(Deno.readTextFileSync(times));
  Deno.removeSync(directory, { recursive: true });
  return cpu;
}

/** The second line of what a shell's `times` prints: user and system time of its children. */
function childrenMs(said: string): number {
  const [, children = ""] = said.split("\n");
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce(
      (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
      0,
    );
}
