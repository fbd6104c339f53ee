/**
 * Shows that new and changed tests fail without the change they came with.
 *
 * Usage: scripts/prove BASE [PATH...]
 *
 * A work tree of BASE is made with an executable of its own, the tests of HEAD are put over it, and the test files
 * that differ (or those of PATH) run there. Of each test whose lines changed since BASE one of four things is said:
 * it fails by its assertion (that proves it), it fails in another way or cannot be loaded (not proven), it was
 * skipped there, or it passes there, too. The last is a failure of this script, which then exits with 1.
 *
 * @module
 */

import { walkSync } from "@std/fs";
import { join } from "node:path";
import { type Change, changedLines, isChanged, type Outcome, verdict } from "./prove_verdict.ts";
import { readReport, type TestResult } from "./testing/report.ts";

const DECODER = new TextDecoder();

/** A file that takes longer there is not proven. */
const FILE_LIMIT_SECONDS = 300;

/** What is said of each outcome, worst first. */
const HEADINGS: Record<Outcome, string> = {
  passes: "PASSES THERE, TOO",
  unproven: "not proven",
  skipped: "skipped there",
  proven: "proven",
};

/** What a program prints, or an end of this one with its complaint. */
function output(command: string, args: readonly string[], cwd?: string): string {
  const { success, stdout, stderr } = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    ...(cwd === undefined ? {} : { cwd }),
  }).outputSync();
  if (success) return DECODER.decode(stdout);
  console.error(`prove: ${command} ${args.join(" ")}: ${DECODER.decode(stderr).trim()}`);
  Deno.exit(2);
}

/** The test files that differ between the two, as paths from the root of the project. */
function changedTests(base: string, only: readonly string[]): string[] {
  const names = output("git", [
    "diff",
    "--name-only",
    "--diff-filter=d",
    base,
    "HEAD",
    "--",
    "tests",
  ]);
  // The rules of style look at the sources beside them, which are those of BASE.
  return names.split("\n").filter((name) =>
    name.endsWith("_test.ts") && !name.startsWith("tests/style/")
  )
    .filter((name) =>
      only.length === 0 || only.some((path) => name === path || name.startsWith(`${path}/`))
    );
}

/** Makes the work tree of BASE with its executable, and puts HEAD's tests over it. */
function makeTree(base: string, tree: string): void {
  output("git", ["worktree", "add", "--quiet", "--detach", tree, base]);
  output("scripts/build", [], tree);
  const runner = ["scripts/test", "scripts/testing"];
  output("git", [
    "checkout",
    "--quiet",
    output("git", ["rev-parse", "HEAD"]).trim(),
    "--",
    "tests",
    ...runner,
  ], tree);
  nameStandIns(join(tree, "deno.json"));
}

/** What stands in for packages came with the tests, and is imported there by the names that it has here. */
function nameStandIns(path: string): void {
  const { imports } = JSON.parse(output("git", ["show", "HEAD:deno.json"]));
  const there = JSON.parse(Deno.readTextFileSync(path));
  for (const [name, target] of Object.entries<string>(imports)) {
    if (target.startsWith("./tests/")) there.imports[name] = target;
  }
  Deno.writeTextFileSync(path, JSON.stringify(there, null, 2));
}

/** Runs those files there, each by itself, since one that cannot be loaded stops all of a run. */
async function runThere(
  tree: string,
  reports: string,
  files: readonly string[],
): Promise<TestResult[]> {
  for (const file of files) {
    // Old code may never end where new code does.
    const child = new Deno.Command("timeout", {
      args: ["--kill-after=10", `${FILE_LIMIT_SECONDS}`, "scripts/test", file],
      cwd: tree,
      env: { MGMT_TEST_REPORTS: join(reports, file.replaceAll("/", "-")) },
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    });
    Deno.mkdirSync(join(reports, file.replaceAll("/", "-")));
    await child.spawn().status;
  }
  return [...walkSync(reports, { includeDirs: false })]
    .flatMap(({ path }) => readReport(Deno.readTextFileSync(path)));
}

/** Sorts the tests that changed by what happened to them there. */
function judge(
  base: string,
  files: readonly string[],
  results: readonly TestResult[],
): Map<Outcome, string[]> {
  const found = new Map<Outcome, string[]>();
  const say = (outcome: Outcome, line: string) => {
    const lines = found.get(outcome) ?? [];
    if (!lines.includes(line)) found.set(outcome, [...lines, line]);
  };
  for (const file of files) {
    const change: Change = {
      text: Deno.readTextFileSync(file),
      lines: changedLines(output("git", ["diff", "--unified=0", base, "HEAD", "--", file])),
    };
    const there = results.filter((result) => result.file === file);
    if (there.length === 0) say("unproven", `${file}: cannot be loaded, or does not end there`);
    for (const result of there.filter((each) => isChanged(each, there, change))) {
      const { outcome, why } = verdict(result);
      say(outcome, `${file}: ${result.name}${why === "" ? "" : ` (${why})`}`);
    }
  }
  return found;
}

function report(found: ReadonlyMap<Outcome, readonly string[]>): void {
  for (const [outcome, heading] of Object.entries(HEADINGS).reverse()) {
    const lines = found.get(outcome as Outcome) ?? [];
    console.log(`\n${heading}: ${lines.length}`);
    for (const line of lines) console.log(`  ${line}`);
  }
}

async function main(): Promise<number> {
  const [name, ...only] = Deno.args;
  if (name === undefined || name.startsWith("-")) {
    console.error("usage: scripts/prove BASE [PATH...]");
    return 2;
  }
  const base = output("git", ["rev-parse", "--verify", `${name}^{commit}`]).trim();
  const files = changedTests(base, only);
  if (files.length === 0) {
    console.log(`no test differs from ${name}`);
    return 0;
  }
  const place = Deno.makeTempDirSync({ dir: "/var/tmp", prefix: "mgmt-prove-" });
  const tree = join(place, "tree");
  const reports = join(place, "reports");
  Deno.mkdirSync(reports);
  try {
    makeTree(base, tree);
    const found = judge(base, files, await runThere(tree, reports, files));
    report(found);
    return (found.get("passes") ?? []).length === 0 ? 0 : 1;
  } finally {
    output("git", ["worktree", "remove", "--force", tree]);
    Deno.removeSync(place, { recursive: true });
  }
}

Deno.exit(await main());
