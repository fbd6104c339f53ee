/**
 * Simulates clusters with faults: scripts/sim.ts --seeds N [--seed FIRST] [--rights | --trust] [--trace]
 *
 * A seed that fails is replayed with its trace; the last line is the command that does it again.
 *
 * @module
 */

import { simulate } from "../tests/simulation/simulate.ts";

function number(name: string, otherwise: number): number {
  const index = Deno.args.indexOf(name);
  return index < 0 ? otherwise : Number(Deno.args[index + 1]);
}

const first = number("--seed", 1);
const count = number("--seeds", 1);
const rights = Deno.args.includes("--rights");
const trust = Deno.args.includes("--trust");
const started = performance.now();
const states = new Set<string>();
let faults = 0;
let simulatedMs = 0;
for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulate(seed, { rights, trust });
  for (const state of outcome.states) states.add(state);
  faults += outcome.faults;
  simulatedMs += outcome.simulatedMs;
  if (outcome.violation === undefined && !Deno.args.includes("--trace")) continue;
  console.log((await simulate(seed, { rights, trust, trace: true })).trace.join("\n"));
  if (outcome.violation === undefined) continue;
  console.log(`\nseed ${seed}: ${outcome.violation}`);
  console.log(
    `again: deno task sim --seeds 1 --seed ${seed}${
      trust ? " --trust" : rights ? " --rights" : ""
    }`,
  );
  Deno.exit(1);
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const hours = (simulatedMs / 3_600_000).toFixed(1);
console.log(
  `${count} seeds, ${faults} faults, ${states.size} states, ${hours} simulated hours in ${seconds} s: ` +
    "all invariants held",
);
