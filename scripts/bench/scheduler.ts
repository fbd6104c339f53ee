/**
 * The scheduler alone; see tests/bench/scheduler.ts.
 *
 * @module
 */

import { join } from "node:path";
import { ROOT } from "./programs.ts";
import { type Figure, ms, type Row } from "./row.ts";

export const scheduler: Row = {
  name: "scheduler",
  measure: () => {
    const output = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", join(ROOT, "tests/bench/scheduler.ts")],
    }).outputSync();
    if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
    const { medianMs, maxMs } = JSON.parse(new TextDecoder().decode(output.stdout)) as {
      medianMs: number;
      maxMs: number;
    };
    const figure: Figure = {
      what: "scheduler alone, 10,000 vertices, 90,000 edges",
      measured: `median ${ms(medianMs)}, slowest ${ms(maxMs)}`,
      value: medianMs,
      unit: " ms",
      must: 300,
    };
    return Promise.resolve([figure]);
  },
};
