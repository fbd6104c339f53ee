/**
 * Runs the tests, and the static checks where `--static` is given. The last line counts all of them.
 *
 * Usage: scripts/test [--static] [--filter TEXT] [PATH...]
 *
 * @module
 */

import { dirname } from "node:path";
import { readArguments } from "./arguments.ts";
import { budgetOf } from "./budgets.ts";
import { TestHosts } from "./hosts.ts";
import { type Job, plan } from "./plan.ts";
import { type FileResult, runFile, type RunOptions } from "./run_file.ts";
import { handsOf, runInTurns, type Turn } from "./schedule.ts";
import { runCheck, STATIC_CHECKS } from "./static_checks.ts";
import { busySeconds, type Done, summarize } from "./summary.ts";

/** Something that runs and is counted. */
interface Task extends Turn {
  readonly name: string;
  readonly file?: string;
  run(hand: number): Promise<FileResult>;
}

/** Who joins others because cores lie idle is looked at for so long before the next one does. */
const LOOK_MS = 2000;

/** Anything between its beginning and its end, in seconds, on two cores. */
const CHECK_SECONDS = 30;

function checkTask(name: string, args: readonly string[]): Task {
  const run = async () => {
    const started = performance.now();
    const { success, output } = await runCheck(args);
    const count = { passed: success ? 1 : 0, failed: success ? 0 : 1, skipped: 0 };
    const seconds = (performance.now() - started) / 1000;
    return { count, seconds, output, failures: success ? [] : [`deno ${args.join(" ")}`] };
  };
  return {
    name,
    seconds: CHECK_SECONDS,
    place: "here",
    work: "computes",
    leavesNothing: false,
    run,
  };
}

function fileTask(job: Job, around: Pick<RunOptions, "flags" | "shown" | "stop" | "hosts">): Task {
  const inside = Deno.env.get("MGMT_FALLBACK_DENO") ?? "";
  const name = job.deno === "inside" ? `${job.file}, on the Deno inside dist/mgmt` : job.file;
  const run = (hand: number) => runFile(job, { ...around, inside, hand });
  return { ...job, name, seconds: budgetOf(job.file), run };
}

/** Where there are no test hosts, nobody should take for tested what was not. */
function withoutHosts(jobs: readonly Job[], isWhole: boolean): { jobs: Job[]; done: Done[] } {
  const reason = Deno.env.get("MGMT_NO_TEST_HOSTS") ?? "";
  const left = jobs.filter(({ place }) => reason === "" || place === "here");
  if (left.length === jobs.length) return { jobs: left, done: [] };
  const why = `no test hosts can be had here (${reason})`;
  console.log(`skipped, and with --static a failure: ${why}`);
  const count = { passed: 0, failed: isWhole ? 1 : 0, skipped: isWhole ? 0 : 1 };
  return {
    jobs: left,
    done: [{ name: "test hosts", seconds: 0, count, failures: isWhole ? [why] : [] }],
  };
}

async function main(): Promise<number> {
  const busyBefore = busySeconds();
  const asked = readArguments(Deno.args);
  if (typeof asked === "string") {
    console.error(`mgmt: ${asked}: nothing was tested`);
    return 2;
  }
  const { paths, flags, isWhole } = asked;
  const hasSecond = (Deno.env.get("MGMT_FALLBACK_DENO") ?? "") !== "";
  const { jobs, done } = withoutHosts(plan(paths, hasSecond), isWhole);
  const shown = jobs.length === 1 && !isWhole;
  const stop = endOnSignals();
  const hosts = new TestHosts(
    [Deno.cwd(), dirname(Deno.execPath()), Deno.env.get("DENO_DIR") ?? ""],
    stop,
  );
  const tasks = jobs.map((job) => fileTask(job, { flags, shown, stop, hosts }));
  if (isWhole) {
    tasks.push(...Object.entries(STATIC_CHECKS).map(([name, args]) => checkTask(name, args)));
  }
  await runInTurns(
    tasks,
    handsOf(navigator.hardwareConcurrency),
    async (task, hand) => {
      const { output, ...result } = await task.run(hand);
      const { name, file } = task;
      done.push({ name, ...(file === undefined ? {} : { file }), ...result });
      say(name, result, output);
    },
    { busySeconds, lookMs: LOOK_MS },
    stop,
  );
  await hosts.close();
  return summarize(done, busyBefore);
}

/** Aborts when this program is to end: hosts must not outlive it. */
function endOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop.abort());
  }
  return stop.signal;
}

/** One line of what went well, all of what did not. */
function say(name: string, { count, seconds }: Omit<FileResult, "output">, output: string): void {
  const how = count.failed === 0 ? "ok" : "FAILED";
  const skipped = count.skipped === 0 ? "" : `, ${count.skipped} skipped`;
  console.log(`${how} ${name} (${count.passed} passed${skipped}, ${seconds.toFixed(1)} s)`);
  if (count.failed > 0) console.log(output);
}

Deno.exit(await main());
