/**
 * Shows that plans tell the truth: makes graphs and a state to find, plans each, runs it, and compares; a
 * second plan after the run, too. Everything is below a temporary directory.
 *
 * Usage: scripts/deno run -A --no-check scripts/plan_truth.ts [--seeds N] [--from N]
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { generateGraph } from "./plan_truth/generate.ts";
import { planAndRun } from "../tests/support/plan_truth.ts";

const { seeds = "50", from = "1" } = parseArgs(Deno.args, { string: ["seeds", "from"] });
const last = Number(from) + Number(seeds) - 1;
let [planned, changed, vague, bad, wrong] = [0, 0, 0, 0, 0];
for (let seed = Number(from); seed <= last; seed++) {
  const directory = await Deno.makeTempDir({ prefix: "plan-truth-" });
  const file = await generateGraph(seed, directory);
  for (const round of ["first", "second"]) {
    const truth = await planAndRun(file, `${directory}/prefix`);
    if (truth.code === 1) wrong++;
    planned += truth.planned;
    changed += truth.changed;
    vague += truth.vague;
    bad += truth.problems.length;
    for (const problem of truth.problems) console.log(`seed ${seed}, ${round}: ${problem}`);
    if (truth.problems.length > 0) console.log(`  kept: ${file}`);
  }
  if (bad === 0) await Deno.remove(directory, { recursive: true });
}
console.log(
  `${planned} resources planned, ${changed} changed, ${vague} of them after or unknown; ${bad} not true` +
    ` (${wrong} graphs were wrong themselves)`,
);
Deno.exit(bad === 0 ? 0 : 1);
