/**
 * Runs one test file with Deno's test command, here or on a disposable host.
 *
 * @module
 */

import { join } from "node:path";
import type { TestHosts } from "./hosts.ts";
import type { Job } from "./plan.ts";
import { type Count, countReport, failedTests } from "./report.ts";

/** A file that hangs must not hold a build machine. */
const FILE_LIMIT_SECONDS = 600;

/** How a file's run ended. */
export interface FileResult {
  readonly count: Count;
  readonly seconds: number;
  /** Test and reason of each that failed. */
  readonly failures: readonly string[];
  /** What it printed, unless that was shown while it ran. */
  readonly output: string;
}

/** Around the run of a file. */
export interface RunOptions {
  /** For Deno's test command. */
  readonly flags: readonly string[];
  /** The Deno inside dist/mgmt. */
  readonly inside: string;
  /** Differs from that of all who run at the same time. */
  readonly hand: number;
  /** Where it gets a host from, if it needs one. */
  readonly hosts: TestHosts;
  /** Ends it. */
  readonly stop: AbortSignal;
  /** It runs alone, so that whoever watches sees what it prints at once. */
  readonly shown: boolean;
}

let reports = 0;

/** Runs it to its end. */
export async function runFile(job: Job, options: RunOptions): Promise<FileResult> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  if (job.place !== "host") {
    return { ...await runTests(job, options, [], "/"), seconds: seconds() };
  }
  const ended = await options.hosts.lend(
    job.leavesNothing,
    ({ through, root }) => runTests(job, options, through, root),
    ({ count }) => count.failed === 0,
  );
  if (typeof ended !== "string") return { ...ended, seconds: seconds() };
  const count = { passed: 0, failed: 1, skipped: 0 };
  return { count, failures: [`${job.file}: ${ended}`], output: "", seconds: seconds() };
}

async function runTests(
  { file, deno }: Job,
  { flags, inside, hand, stop, shown }: RunOptions,
  through: readonly string[],
  root: string,
): Promise<Omit<FileResult, "seconds">> {
  const report = `/var/tmp/mgmt-tests-${Deno.pid}-${reports++}.xml`;
  // A session of its own has a fair part of the cores, beside all those that tests start.
  const [command = "", ...args] = [
    ...through,
    ...["setsid", "--wait"],
    ...["timeout", "--foreground", "--kill-after=60", `${FILE_LIMIT_SECONDS}`],
    deno === "inside" ? inside : Deno.execPath(),
    ...["test", "-A", "--no-check", "--frozen", "--permit-no-files", `--junit-path=${report}`],
    ...flags,
    file,
  ];
  const stream = shown ? "inherit" : "piped";
  const env = { MGMT_TEST_HAND: `${hand}`, ...(shown ? {} : { NO_COLOR: "1" }) };
  const child = new Deno.Command(command, {
    ...{ args, env, signal: stop, stdin: "null", stdout: stream, stderr: stream },
  }).spawn();
  const said = shown ? undefined : await child.output();
  const { success } = said ?? await child.status;
  const output = said === undefined
    ? ""
    : [said.stdout, said.stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  const xml = takeReport(join(root, report));
  const count = countReport(xml);
  const failures = failedTests(xml);
  // A file that cannot be loaded fails the run, but is not in the report.
  if (!success && count.failed === 0) {
    count.failed = 1;
    failures.push(`${file}: did not run to the end`);
  }
  return { count, failures, output };
}

function takeReport(path: string): string {
  try {
    const report = Deno.readTextFileSync(path);
    Deno.removeSync(path);
    keepReport(report);
    return report;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

let kept = 0;

/** Where others read them, too (scripts/prove). */
function keepReport(xml: string): void {
  const directory = Deno.env.get("MGMT_TEST_REPORTS") ?? "";
  if (directory !== "") Deno.writeTextFileSync(join(directory, `${kept++}.xml`), xml);
}
