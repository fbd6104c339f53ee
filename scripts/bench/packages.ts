/**
 * How soon a removed package is back, and how quick a run is that finds nothing to do.
 *
 * @module
 */

import { type Context, type Figure, ms, type Row } from "./row.ts";
import { median, summarize } from "./statistics.ts";
import { onTestHost } from "./test_host.ts";

export const packages: Row = { name: "packages", measure };

interface Measured {
  readonly hand: number[];
  readonly removed: number[];
  readonly firstMs: number;
  readonly second: number[];
}

function measure({ programs, quick }: Context): Promise<Figure[]> {
  const found = onTestHost<Measured>("packages.ts", [programs.mgmt, quick ? "3" : "10"]);
  const { hand, removed, second, firstMs } = found;
  return Promise.resolve([{
    what: "package removed by hand: until it is installed again",
    measured: `${ms(median(removed))}; apt-get install by hand ${ms(median(hand))}`,
    value: median(removed) / median(hand),
    unit: " ×",
    details: { removed: summarize(removed), hand: summarize(hand) },
  }, {
    what: "5 chains of package, file, service: second run",
    measured: `${ms(median(second))}; the first, which installs, writes and starts, ${ms(firstMs)}`,
    value: median(second),
    unit: " ms",
    must: 1000,
    details: found,
  }]);
}
