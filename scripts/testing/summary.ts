/**
 * What is said at the end of a run.
 *
 * @module
 */

import { budgetOf, judge } from "./budgets.ts";
import type { Count } from "./report.ts";
import { handsOf } from "./schedule.ts";

/** A file or a check that has run. */
export interface Done {
  readonly name: string;
  /** The test file; undefined: something else. */
  readonly file?: string;
  readonly count: Count;
  readonly seconds: number;
  readonly failures: readonly string[];
}

const SLOWEST = 20;

/** Prints the slowest files, what failed and, as the last line, how many; gives the exit code. */
export function summarize(done: readonly Done[]): number {
  const tests = done.filter(({ file }) => file !== undefined);
  const slowness = slownessOf();
  if (tests.length > 1) printSlowest(tests);
  const late = tests.flatMap((one) => {
    const verdict = judge(one.file ?? "", one.seconds, slowness);
    return verdict === "fits" ? [] : [{ ...one, verdict }];
  });
  const far = late.filter(({ verdict }) => verdict === "far above");
  for (const { name, file = "", seconds } of late) {
    console.log(`above its budget of ${budgetOf(file)} s: ${name}, ${seconds.toFixed(1)} s`);
  }
  const total = sum(done.map(({ count }) => count));
  total.failed += far.length;
  const { seconds, cpuSeconds } = spent();
  console.log(`${seconds} s, in which the tests here used a core for ${cpuSeconds} s`);
  for (const { name, failures } of done) {
    for (const failure of failures) console.log(`FAILED ${failure}${onWhich(name)}`);
  }
  for (const { name, seconds } of far) {
    console.log(`FAILED ${name}: far above its budget (${seconds.toFixed(1)} s)`);
  }
  if (total.passed === 0) console.log("no test ran, which is a failure");
  const skipped = total.skipped === 0 ? "" : `, ${total.skipped} skipped`;
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function printSlowest(tests: readonly Done[]): void {
  console.log("\nthe slowest files:");
  for (
    const { name, seconds } of [...tests].sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST)
  ) {
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`);
  }
}

/** How many times longer anything takes than where only we are at work, at a guess. */
function slownessOf(): number {
  const { cores, waiting } = handsOf(navigator.hardwareConcurrency);
  const [lastMinute = 0, lastFiveMinutes = 0] = Deno.loadavg();
  return Math.max(1, lastMinute / (cores + waiting), lastFiveMinutes / (cores + waiting));
}

/** The kernel's unit of processor time, which is the same on all Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** Since this program began, and what its children that have ended used of the cores. */
function spent(): { seconds: number; cpuSeconds: number } {
  const fields = Deno.readTextFileSync("/proc/self/stat").replace(/^.*\) /, "").split(" ");
  const ticks = Number(fields[13]) + Number(fields[14]);
  return {
    seconds: Math.round(performance.now() / 1000),
    cpuSeconds: Math.round(ticks / TICKS_PER_SECOND),
  };
}

function onWhich(name: string): string {
  return name.includes(",") ? `\n    (${name})` : "";
}

function sum(counts: readonly Count[]): Count {
  return counts.reduce((total, each) => ({
    passed: total.passed + each.passed,
    failed: total.failed + each.failed,
    skipped: total.skipped + each.skipped,
  }), { passed: 0, failed: 0, skipped: 0 });
}
