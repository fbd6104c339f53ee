/**
 * Shows that plans tell the truth: plans graphs, runs them, and compares; once more after the run, too.
 *
 * Usage: scripts/deno run -A --no-check scripts/plan_truth.ts [WHAT]
 *   --seeds N [--from N]  graphs by chance (50 of them by default), below a temporary directory
 *   --drifted             with --seeds or --host: of hosts that the graph made true once, harmed by hand since
 *   --examples            the examples that harm no machine
 *   --host [--plans N]    on a test host: all examples, whole installs, and that N plans (50) change nothing
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import type { Truth } from "../tests/support/plan_truth.ts";
import { planAndRun } from "../tests/support/plan_truth.ts";
import { mgmt } from "../tests/support/program.ts";
import { driftFiles } from "./plan_truth/drift.ts";
import { planExamples } from "./plan_truth/examples.ts";
import { generateGraph } from "./plan_truth/generate.ts";
import { offerPackages, planDrifted, planInstalls, plansLeave } from "./plan_truth/host.ts";
import { inHost, isOnTestHost } from "./plan_truth/in_host.ts";

/** Whether those that were only vaguely foreseen are named. */
const named = Deno.args.includes("--drifted");
const sum = { planned: 0, changed: 0, vague: 0, commands: 0, bad: 0, wrong: 0 };

function tell(name: string, { planned, changed, vague, vagueKeys, problems, code }: Truth): void {
  sum.planned += planned;
  sum.changed += changed;
  sum.vague += vague;
  sum.commands += vagueKeys.filter((key) => key.startsWith("exec[")).length;
  sum.bad += problems.length;
  if (code === 1) sum.wrong++;
  for (const problem of problems) console.log(`${name}: ${problem}`);
  for (const key of named ? vagueKeys : []) {
    console.log(`${name}: ${key} was not foreseen as a change`);
  }
}

/** Made true, as far as it can be, and then changed by hand. */
async function planDriftedSeeds(from: number, count: number): Promise<void> {
  for (let seed = from; seed < from + count; seed++) {
    const directory = await Deno.makeTempDir({ prefix: "plan-truth-" });
    const file = await generateGraph(seed, directory);
    const prefix = `${directory}/prefix`;
    for (let times = 0; times < 2; times++) {
      await mgmt(["run", file, "--prefix", prefix, "-t", "0"]);
    }
    await driftFiles(seed, `${directory}/world`);
    tell(`seed ${seed}, drifted`, await planAndRun(file, prefix));
    await Deno.remove(directory, { recursive: true });
  }
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
    boolean: ["drifted", "examples", "host"],
  });
  if (what.host && !isOnTestHost()) return await inHost(import.meta.filename!);
  const [first, count] = [Number(from), Number(seeds)];
  if (what.host && what.drifted) await offerPackages().then(() => planDrifted(tell));
  else if (what.host) await onHost(Number(plans));
  else if (what.examples) await planExamples(tell, false);
  else if (what.drifted) await planDriftedSeeds(first, count);
  else await planSeeds(first, count);
  if (named) console.log(`${sum.commands} of what was after or unknown were commands`);
  console.log(
    `${sum.planned} resources planned, ${sum.changed} changed, ${sum.vague} of them after or ` +
      `unknown; ${sum.bad} not true (${sum.wrong} graphs were wrong themselves)`,
  );
  return sum.bad === 0 ? 0 : 1;
}

Deno.exit(await main());
