/**
 * The scheduler alone: 10,000 vertices in 10 layers, each with an edge from ten of the layer before
 * (90,000 edges), in memory. Prints one JSON line; run by `deno task bench`.
 *
 * @module
 */

import { Scheduler, type SchedulerNode, schedulerNode } from "../../src/engine/scheduler.ts";

const LAYERS = 10;
const WIDTH = 1000;
const FAN_IN = 10;

/** Milliseconds for one pass over a fresh graph. */
async function run(): Promise<number> {
  const layers = Array.from(
    { length: LAYERS },
    (_, layer) => Array.from({ length: WIDTH }, (_, i) => schedulerNode(`${layer}/${i}`, null)),
  );
  let edges = 0;
  for (let layer = 1; layer < LAYERS; layer++) {
    for (let i = 0; i < WIDTH; i++) {
      const node = layers[layer]?.[i] as SchedulerNode<null>;
      const parents = Array.from(
        { length: FAN_IN },
        (_, k) => layers[layer - 1]?.[(i * 7 + k * 101) % WIDTH] as SchedulerNode<null>,
      );
      node.parents = parents;
      for (const parent of parents) (parent.children as SchedulerNode<null>[]).push(node);
      edges += parents.length;
    }
  }
  if (edges !== (LAYERS - 1) * WIDTH * FAN_IN) throw new Error("the graph is not what it says");
  let visits = 0;
  const quiet = Promise.withResolvers<void>();
  const scheduler = new Scheduler<null>({
    visit: () => {
      visits++;
      return "ok";
    },
    changing: () => false,
    blocked: () => {},
    woken: () => {},
    quiet: () => quiet.resolve(),
    yieldTurn: () => undefined,
  });
  const start = performance.now();
  await scheduler.markAll(layers.flat());
  await quiet.promise;
  const tookMs = performance.now() - start;
  if (visits !== LAYERS * WIDTH) throw new Error(`${visits} visits`);
  return tookMs;
}

const tookMs: number[] = [];
for (let i = 0; i < 5; i++) tookMs.push(await run());
tookMs.sort((a, b) => a - b);
console.log(JSON.stringify({ name: "scheduler", medianMs: tookMs[2], maxMs: tookMs[4] }));
