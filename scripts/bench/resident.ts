/**
 * What an agent with many files costs while nothing happens.
 *
 * @module
 */

import { join } from "node:path";
import { fileGraph, smallFiles, writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { pause } from "./processes.ts";
import { type Context, type Figure, type Row, short } from "./row.ts";

const COUNT = 10_000;

export const resident: Row = { name: "resident", measure };

/** Files in directories of their own, which costs the most watches. */
async function measure(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "resident");
  const files = smallFiles(join(directory, "files"), COUNT, 1);
  writeFiles(files);
  const subject = new Subject(context.programs, join(directory, "mgmt"), fileGraph(files));
  await using agent = subject.agent();
  await agent.rests();
  await pause(10_000);
  const memory = agent.memory();
  const [restMs, idleMs] = context.quick ? [5000, 10_000] : [30_000, 60_000];
  await pause(restMs);
  const [cpuMs, startMs] = [agent.cpuMs(), performance.now()];
  await pause(idleMs);
  const usedMs = agent.cpuMs() - cpuMs;
  const share = usedMs / (performance.now() - startMs) * 100;
  const what = `${COUNT} files`;
  return [{
    what: `memory with ${what}, 10 s after convergence`,
    measured: `resident ${short(memory.rssMb)} MB, proportional ${short(memory.pssMb)} MB`,
    value: memory.rssMb,
    unit: " MB",
    must: 200,
    goal: 150,
    details: memory,
  }, {
    what: `CPU at rest with ${what}`,
    measured: `${short(usedMs)} ms in ${idleMs / 1000} s, all threads`,
    value: share,
    unit: " %",
    must: 0.1,
    goal: 0.02,
  }];
}
