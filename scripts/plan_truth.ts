/**
 * Shows that plans tell the truth: plans graphs, runs them, and compares; once more after the run, too.
 *
 * Usage: scripts/deno run -A --no-check scripts/plan_truth.ts [WHAT]
 *   --seeds N [--from N]  graphs by chance (50 of them by default), below a temporary directory
 *   --examples            the examples that harm no machine
 *   --host [--plans N]    on a test host: all examples, whole installs, and that N plans (50) change nothing
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import type { Truth } from "../tests/support/plan_truth.ts";
import { planAndRun } from "../tests/support/plan_truth.ts";
import { planExamples } from "./plan_truth/examples.ts";
import { generateGraph } from "./plan_truth/generate.ts";
import { offerPackages, planInstalls, plansLeave } from "./plan_truth/host.ts";
import { inHost, isOnTestHost } from "./plan_truth/in_host.ts";

const sum = { planned: 0, changed: 0, vague: 0, bad: 0, wrong: 0 };

function tell(name: string, { planned, changed, vague, problems, code }: Truth): void {
  sum.planned += planned;
  sum.changed += changed;
  sum.vague += vague;
  sum.bad += problems.length;
  if (code === 1) sum.wrong++;
  for (const problem of problems) console.log(`${name}: ${problem}`);
}

async function planSeeds(from: number, count: number): Promise<void> {
  for (let seed = from; seed < from + count; seed++) {
    const directory = await Deno.makeTempDir({ prefix: "plan-truth-" });
    const file = await generateGraph(seed, directory);
    const badBefore = sum.bad;
    for (const round of ["first", "second"]) {
      tell(`seed ${seed}, ${round}`, await planAndRun(file, `${directory}/prefix`));
    }
    if (sum.bad === badBefore) await Deno.remove(directory, { recursive: true });
    else console.log(`  kept: ${file}`);
  }
}

async function onHost(plans: number): Promise<void> {
  await offerPackages();
  const left = await plansLeave(plans);
  console.log(`${plans} plans of every kind changed ${left.length} things`);
  for (const line of left) console.log(`  ${line}`);
  sum.bad += left.length;
  await planInstalls(tell);
  await planExamples(tell, true);
}

async function main(): Promise<number> {
  const { seeds = "50", from = "1", plans = "50", ...what } = parseArgs(Deno.args, {
    string: ["seeds", "from", "plans"],
    boolean: ["examples", "host"],
  });
  if (what.host && !isOnTestHost()) return await inHost(import.meta.filename!);
  if (what.host) await onHost(Number(plans));
  else if (what.examples) await planExamples(tell, false);
  else await planSeeds(Number(from), Number(seeds));
  console.log(
    `${sum.planned} resources planned, ${sum.changed} changed, ${sum.vague} of them after or ` +
      `unknown; ${sum.bad} not true (${sum.wrong} graphs were wrong themselves)`,
  );
  return sum.bad === 0 ? 0 : 1;
}

Deno.exit(await main());
