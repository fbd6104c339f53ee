/**
 * The pass that finds edges by itself, alone; see tests/bench/autoedge.ts.
 *
 * @module
 */

import { join } from "node:path";
import { ROOT } from "./programs.ts";
import { type Figure, ms, type Row } from "./row.ts";
import { summarize } from "./statistics.ts";

const TRIES = 7;

export const autoedge: Row = {
  name: "autoedge",
  measure: () => {
    const tries = Array.from({ length: TRIES }, tryOnce);
    const took = summarize(tries.map(({ tookMs }) => tookMs));
    const figure: Figure = {
      what: `automatic edges alone, 10,000 vertices, ${tries[0]?.edges} edges found`,
      measured: `fastest ${ms(took.min)}, median ${ms(took.median)}`,
      // It only computes: whatever else the machine does can but add to it.
      value: took.min,
      unit: " ms",
      must: 100,
    };
    return Promise.resolve([figure]);
  },
};

function tryOnce(): { tookMs: number; edges: number } {
  const output = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", join(ROOT, "tests/bench/autoedge.ts")],
  }).outputSync();
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  return JSON.parse(new TextDecoder().decode(output.stdout));
}
