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
export function summarize(done: readonly Done[], busyBefore: number): number {
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
  console.log(`${Math.round(performance.now() / 1000)} s; ${use(busyBefore)}`);
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

/** How long all cores together were busy since the machine was started, in seconds. */
export function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = Deno.readTextFileSync(
    "/proc/stat",
  )
    .split("\n", 1)[0]!.split(/ +/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

/** How well the cores were used, by us and by others. */
function use(busyBefore: number): string {
  const seconds = busySeconds() - busyBefore;
  const share = seconds / (performance.now() / 1000) / navigator.hardwareConcurrency;
  return `${navigator.hardwareConcurrency} cores, busy for ${Math.round(100 * share)} % of it, ` +
    `together ${Math.round(seconds)} s`;
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
