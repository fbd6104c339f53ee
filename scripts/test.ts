/**
 * Runs the tests, after the static checks where `--static` is given. The last line counts all of them.
 *
 * Usage: scripts/test [--static] [--filter TEXT] [PATH...]
 *
 * @module
 */

import { dirname, join } from "node:path";
import { type Count, countReport, failedTests } from "./test_report.ts";

interface Phase {
  readonly name: string;
  /** Folders of tests/. */
  readonly folders: readonly string[];
  readonly parallel: boolean;
  /** Another Deno than the one that runs this. */
  readonly deno?: string;
  /** Each file of it runs inside a disposable host of its own. */
  readonly host?: boolean;
  /** It boots disposable hosts itself, and runs outside of them. */
  readonly fleet?: boolean;
}

/** No phase takes longer; one that hangs must not hold a build machine. */
const PHASE_LIMIT_MS = 15 * 60_000;

const SOURCES = ["main.ts", "src", "scripts", "tests"];
const STATIC_CHECKS: Record<string, string[]> = {
  "format": ["fmt", "--check"],
  "lint": ["lint", "--quiet", ...SOURCES],
  "types": ["check", "--quiet", "--frozen", ...SOURCES],
};

/** The tests in the order they run: what watches the clock has the machine to itself, last. */
function phases(): Phase[] {
  const fallback = Deno.env.get("MGMT_FALLBACK_DENO") ?? "";
  return [
    {
      name: "fast",
      folders: ["unit", "style", "golden", "conformance", "simulation"],
      parallel: true,
    },
    ...(fallback === "" ? [] : [{
      name: "fast, on the Deno inside dist/mgmt",
      folders: ["unit", "conformance"],
      parallel: true,
      deno: fallback,
    }]),
    { name: "hosts", folders: ["system"], parallel: false, host: true },
    { name: "cluster", folders: ["cluster"], parallel: false, fleet: true },
    { name: "scenarios", folders: ["scenario"], parallel: false },
    { name: "faults", folders: ["fault"], parallel: false },
    // What stands on HTTP/2 and on child processes differs from one Deno to the other.
    ...(fallback === "" ? [] : [{
      name: "etcd, on the Deno inside dist/mgmt",
      folders: ["fault/etcd_store_test.ts", "fault/etcd_runner_test.ts"],
      parallel: false,
      deno: fallback,
    }]),
  ];
}

function staticChecks(): Count {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, args] of Object.entries(STATIC_CHECKS)) {
    console.log(`\n== ${name}: deno ${args.join(" ")}`);
    const child = new Deno.Command(Deno.execPath(), { args, stdout: "inherit", stderr: "inherit" });
    if (child.outputSync().success) count.passed++;
    else {
      count.failed++;
      failures.push(name);
    }
  }
  return count;
}

/** What of a folder the caller wants: the folder, or the paths named below it. */
function narrow(folder: string, wanted: readonly string[]): string[] {
  const path = `tests/${folder}`;
  if (!exists(path)) return [];
  if (wanted.length === 0 || wanted.some((name) => isWithin(path, name))) return [path];
  return wanted.filter((name) => isWithin(name, path));
}

function isWithin(path: string, folder: string): boolean {
  return `${path}/`.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function runPhase(
  phase: Phase,
  options: readonly string[],
  wanted: readonly string[],
): Promise<Count> {
  const paths = phase.folders.flatMap((folder) => narrow(folder, wanted));
  if (paths.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  console.log(`\n== ${phase.name}: ${paths.join(" ")}`);
  const reason = Deno.env.get("MGMT_NO_TEST_HOSTS") ?? "";
  if (reason !== "" && (phase.host === true || phase.fleet === true)) return withoutHosts(reason);
  if (phase.host === true) return await runOnHosts(phase, options, paths);
  if (phase.fleet === true) {
    return await inTurns(
      paths.flatMap(testFiles),
      (file) => runTests({ phase, options, paths: [file], quiet: true }),
    );
  }
  if (!phase.parallel) return await runTests({ phase, options, paths });
  // Processes, not threads: the working directory is the process's.
  const runs = shares(paths.flatMap(testFiles), navigator.hardwareConcurrency)
    .map((files) => runTests({ phase, options, paths: files, quiet: true }));
  return sum(await Promise.all(runs));
}

/** Deals files out to so many hands; what is long stands together in the alphabet. */
function shares(files: readonly string[], count: number): string[][] {
  const hands = Array.from({ length: count }, (): string[] => []);
  files.forEach((file, index) => hands[index % count]?.push(file));
  return hands.filter((hand) => hand.length > 0);
}

/** Two at a time, as their tests mostly wait: whoever is done takes the next file. */
async function inTurns(
  files: string[],
  run: (file: string, hand: string) => Promise<Count>,
): Promise<Count> {
  const worker = async (hand: string) => {
    const counts: Count[] = [];
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      counts.push(await run(file, hand));
    }
    return sum(counts);
  };
  return sum(await Promise.all(["a", "b"].map(worker)));
}

async function runOnHosts(
  phase: Phase,
  options: readonly string[],
  paths: readonly string[],
): Promise<Count> {
  return await inTurns(
    paths.flatMap(testFiles),
    (file, hand) => runOnHost(phase, options, file, `t${Deno.pid % 100_000}${hand}`),
  );
}

/** Nobody should take for tested what was not. */
function withoutHosts(reason: string): Count {
  console.log(`skipped, and with --static a failure: no test hosts can be had here (${reason})`);
  const failed = Deno.args.includes("--static") ? 1 : 0;
  return { passed: 0, failed, skipped: 1 - failed };
}

function testFiles(path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  return [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return testFiles(`${path}/${name}`);
    return name.endsWith("_test.ts") ? [`${path}/${name}`] : [];
  }).sort();
}

const TEST_HOST = "tests/testhost/testhost";

async function runOnHost(
  phase: Phase,
  options: readonly string[],
  file: string,
  name: string,
): Promise<Count> {
  const shown = [Deno.cwd(), dirname(Deno.execPath()), Deno.env.get("DENO_DIR") ?? ""].join(":");
  const host = async (...args: string[]) => {
    const command = new Deno.Command(TEST_HOST, {
      args,
      env: { TESTHOST_SHOW: shown },
      stdin: "null",
    });
    const { success, stderr } = await command.output();
    if (!success) console.log(`testhost ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return success;
  };
  try {
    if (!await host("up", name)) return { passed: 0, failed: 1, skipped: 0 };
    const through = [TEST_HOST, "run", name, "env", "-C", Deno.cwd(), "MGMT_ON_TEST_HOST=1"];
    const root = `/run/testhost/${name}/root`;
    return await runTests({ phase, options, paths: [file], through, root, quiet: true });
  } finally {
    await host("down", name);
  }
}

interface TestRun {
  readonly phase: Phase;
  readonly options: readonly string[];
  readonly paths: readonly string[];
  /** A command that runs the tests somewhere, and where that sees our files. */
  readonly through?: readonly string[];
  readonly root?: string;
  /** Others run at the same time: what it says is shown in one piece at its end. */
  readonly quiet?: boolean;
}

let reports = 0;
let kept = 0;

/** What failed, said once more at the end: a build machine may keep no more than that. */
const failures: string[] = [];

/** Runs Deno's test command. */
async function runTests(run: TestRun): Promise<Count> {
  const { phase, options, paths, through = [], root = "/", quiet = false } = run;
  const report = `/var/tmp/mgmt-tests-${Deno.pid}-${reports++}.xml`;
  const [command = "timeout", ...rest] = [
    ...through,
    "timeout",
    "--foreground",
    `${PHASE_LIMIT_MS / 1000}`,
    phase.deno ?? Deno.execPath(),
    ...["test", "-A", "--no-check", "--frozen", "--permit-no-files"],
    `--junit-path=${report}`,
    ...options,
    ...paths,
  ];
  const stream = quiet ? "piped" : "inherit";
  const child = new Deno.Command(command, {
    args: rest,
    stdin: "null",
    stdout: stream,
    stderr: stream,
  }).spawn();
  const said = quiet ? await child.output() : undefined;
  const { success } = said ?? await child.status;
  for (const bytes of said === undefined ? [] : [said.stdout, said.stderr]) {
    Deno.stdout.writeSync(bytes);
  }
  const xml = takeReport(join(root, report));
  const count = countReport(xml);
  failures.push(...failedTests(xml).map((failed) => `${phase.name}: ${failed}`));
  // A file that cannot be loaded fails the run, but is not in the report.
  if (!success && count.failed === 0) {
    count.failed = 1;
    failures.push(`${phase.name}: did not run to the end: ${paths.join(" ")}`);
  }
  return count;
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

/** Where others read them, too (scripts/prove). */
function keepReport(xml: string): void {
  const directory = Deno.env.get("MGMT_TEST_REPORTS") ?? "";
  if (directory !== "") Deno.writeTextFileSync(join(directory, `${kept++}.xml`), xml);
}

function sum(counts: readonly Count[]): Count {
  return counts.reduce((total, each) => ({
    passed: total.passed + each.passed,
    failed: total.failed + each.failed,
    skipped: total.skipped + each.skipped,
  }), { passed: 0, failed: 0, skipped: 0 });
}

async function main(): Promise<number> {
  const started = performance.now();
  const wanted = Deno.args.filter((argument) => exists(argument));
  const options = Deno.args.filter((argument) => argument !== "--static" && !exists(argument));
  const counts: (() => Count | Promise<Count>)[] = phases()
    .map((phase) => () => runPhase(phase, options, wanted));
  if (Deno.args.includes("--static")) counts.unshift(staticChecks);
  const done: Count[] = [];
  for (const count of counts) done.push(await count());
  const total = sum(done);
  console.log(`\n${Math.round((performance.now() - started) / 1000)} s`);
  for (const failure of failures) console.log(`FAILED ${failure}`);
  if (total.passed === 0) console.log("no test ran, which is a failure");
  const skipped = total.skipped === 0 ? "" : `, ${total.skipped} skipped`;
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

Deno.exit(await main());
