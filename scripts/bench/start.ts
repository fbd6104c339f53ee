/**
 * What a start costs, and what vertices that do nothing cost above it.
 *
 * @module
 */

import { join } from "node:path";
import { EMPTY_GRAPH, noopGraph } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { timed } from "./processes.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { inTurns, median, summarize } from "./statistics.ts";

export const start: Row = { name: "start", measure: measureStart };
export const noops: Row = { name: "noops", measure: measureNoops };

async function measureStart(context: Context): Promise<Figure[]> {
  const subject = new Subject(context.programs, join(context.directory, "start"), EMPTY_GRAPH);
  const times = await inTurns(context.quick ? 9 : 25, {
    mgmt: () => subject.oneShot(),
    empty: () => timed(context.programs.empty, []),
  });
  const [mgmt, empty] = [summarize(times.mgmt), summarize(times.empty)];
  return [{
    what: "start until an empty graph is converged",
    measured: `${ms(mgmt.median)} : empty program ${ms(empty.median)}`,
    value: mgmt.median / empty.median,
    unit: " ×",
    must: 5,
    goal: 3,
    details: { mgmt, empty },
  }];
}

async function measureNoops(context: Context): Promise<Figure[]> {
  const subject = (name: string, graph: string) =>
    new Subject(context.programs, join(context.directory, `noops-${name}`), graph);
  const empty = subject("empty", EMPTY_GRAPH);
  const layers = subject("layers", noopGraph(10, 1000));
  const chain = subject("chain", noopGraph(1000, 1));
  const times = await inTurns(context.quick ? 3 : 9, {
    empty: () => empty.oneShot(),
    layers: () => layers.oneShot(),
    chain: () => chain.oneShot(),
    emptyLoad: () => empty.validate(),
    layersLoad: () => layers.validate(),
    chainLoad: () => chain.validate(),
  });
  const above = (what: string, run: number[], load: number[], limit: number): Figure => {
    const loadMs = median(load) - median(times.emptyLoad);
    const value = median(run) - median(times.empty) - loadMs;
    const measured = `${ms(median(run))}, of that start ${ms(median(times.empty))}, ` +
      `load ${ms(loadMs)}`;
    const details = { run: summarize(run), load: summarize(load) };
    return { what, measured, value, unit: " ms", must: limit, goal: limit / 2, details };
  };
  return [
    above("10,000 noops in 10 layers, above empty", times.layers, times.layersLoad, 500),
    above("chain of 1,000 noops, above empty", times.chain, times.chainLoad, 100),
  ];
}
