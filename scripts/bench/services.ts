/**
 * How soon services are as they should be again, and what it costs to watch many.
 *
 * @module
 */

import { type Context, type Figure, ms, type Row, short } from "./row.ts";
import { median, summarize } from "./statistics.ts";
import { onTestHost } from "./test_host.ts";

export const services: Row = { name: "services", measure };

interface Measured {
  readonly mgmt: number[];
  readonly systemd: number[];
  readonly systemdAtOnce: number[];
  readonly enable: number[];
  readonly idle: { readonly cpuMs: number; readonly tookMs: number; readonly rssMb: number };
}

function measure({ programs, quick }: Context): Promise<Figure[]> {
  const args = quick ? ["5", "10"] : ["30", "60"];
  const found = onTestHost<Measured>("services.ts", [programs.mgmt, ...args]);
  const { idle } = found;
  return Promise.resolve([{
    what: "killed service: until its program has started again",
    measured: `${ms(median(found.mgmt))}; systemd's Restart=always ${ms(median(found.systemd))}, ` +
      `with RestartSec=0 ${ms(median(found.systemdAtOnce))}`,
    value: median(found.mgmt) / median(found.systemd),
    unit: " ×",
    details: { mgmt: summarize(found.mgmt), systemd: summarize(found.systemd), found },
  }, {
    what: "disabled unit: its link gone to there again",
    measured: ms(median(found.enable)),
    value: median(found.enable),
    unit: " ms",
    details: summarize(found.enable),
  }, {
    what: "CPU at rest with 200 units watched",
    measured: `${short(idle.cpuMs)} ms in ${short(idle.tookMs / 1000)} s, all threads; ` +
      `resident ${short(idle.rssMb)} MB`,
    value: idle.cpuMs / idle.tookMs * 100,
    unit: " %",
    must: 0.1,
  }]);
}
