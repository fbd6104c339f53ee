import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { EngineWorld } from "../../support/engine_world.ts";

/** A random acyclic graph: edges go from lower to higher numbers. */
const graphs = fc.record({
  size: fc.integer({ min: 1, max: 12 }),
  pairs: fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 30 }),
  takes: fc.array(fc.nat(20), { minLength: 12, maxLength: 12 }),
  broken: fc.array(fc.nat(11), { maxLength: 2 }),
  seed: fc.nat(),
});

type Shape = typeof graphs extends fc.Arbitrary<infer Value> ? Value : never;

function edgesOf({ size, pairs }: Shape): [number, number][] {
  const valid = pairs.filter(([a, b]) => a !== b && a < size && b < size);
  const unique = new Set(valid.map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`));
  return [...unique].map((pair) => pair.split(" ").map(Number) as [number, number]);
}

async function runShape(shape: Shape, seed: number): Promise<EngineWorld> {
  const world = new EngineWorld();
  for (const index of shape.broken) world.broken.set(`v${index}`, "no");
  const things = Object.fromEntries(
    Array.from({ length: shape.size }, (_, i) => [`v${i}`, { takesMs: shape.takes[i] ?? 0 }]),
  );
  const edges = edgesOf(shape).map(([from, to]) =>
    `v${from} ${(from + to) % 2 === 0 ? "->" : "~>"} v${to}`
  );
  await world.engine({ seed, watching: false, convergedMs: 0 }).load(world.graph(things, edges));
  await world.clock.pass(1000);
  return world;
}

Deno.test("whatever the order among ready vertices, edges are obeyed and the end is the same", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (shape) => {
      const one = await runShape(shape, shape.seed);
      const other = await runShape(shape, shape.seed + 1);
      assertEquals([...one.values].sort(), [...other.values].sort());
      const done = one.did("apply");
      for (const [from, to] of edgesOf(shape)) {
        const after = done.indexOf(`v${to}`);
        assert(after < 0 || (done.includes(`v${from}`) && done.indexOf(`v${from}`) < after));
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("every vertex ends as right, failed or held, and nothing below a failed one runs", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (shape) => {
      const world = await runShape(shape, shape.seed);
      const bad = new Set(shape.broken.filter((index) => index < shape.size));
      for (const [from, to] of edgesOf(shape).toSorted(([a], [b]) => a - b)) {
        if (bad.has(from)) bad.add(to);
      }
      for (let index = 0; index < shape.size; index++) {
        assertEquals(world.values.has(`v${index}`), !bad.has(index), `v${index}`);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("never converged while something is pending or unchecked", async () => {
  await fc.assert(
    fc.asyncProperty(graphs, fc.array(fc.tuple(fc.nat(11), fc.nat(40))), async (shape, wrongs) => {
      const world = new EngineWorld();
      const things = Object.fromEntries(
        Array.from({ length: shape.size }, (_, i) => [`v${i}`, { takesMs: shape.takes[i] ?? 0 }]),
      );
      const edges = edgesOf(shape).map(([from, to]) =>
        `v${from} ${(from + to) % 2 === 0 ? "->" : "~>"} v${to}`
      );
      await world.engine({ convergedMs: 10, seed: shape.seed }).load(world.graph(things, edges));
      for (const [index, delayMs] of wrongs) {
        await world.clock.pass(delayMs);
        if (index < shape.size) world.disturb(`v${index}`, "wrong");
        if (world.of("converged").length > 0) break;
      }
      await world.clock.pass(2000);
      const converged = world.events.findIndex((event) => event.type === "converged");
      assert(converged >= 0, "it converges in the end");
      const before = world.events.slice(0, converged);
      const checked = new Set(
        before.filter((event) => event.type === "ok" || event.type === "changed")
          .map((event) => event.key),
      );
      assertEquals(checked.size, shape.size);
      const applies = before.filter((event) => event.type === "apply").length;
      const changes = before.filter((event) => event.type === "changed").length;
      assertEquals(applies, changes);
    }),
    { numRuns: 60 },
  );
});
