import { assertEquals, assertMatch } from "@std/assert";
import { memoryDebts } from "../../../src/engine/debts.ts";
import { EngineWorld } from "../../support/engine_world.ts";

const MINUTE = 60_000;

Deno.test("an apply that takes hours, and has no time limit, is progress", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  await engine.load(world.graph({ a: { takesMs: 100 * MINUTE }, b: {} }, ["a -> b"]));
  for (let passed = 0; passed < 99; passed += 3) {
    await world.clock.pass(3 * MINUTE);
    assertEquals(engine.stuck(), undefined);
  }
  const stopped = engine.stop();
  assertEquals(engine.stuck(), undefined);
  await world.clock.pass(MINUTE);
  await stopped;
  assertEquals(engine.stuck(), undefined);
});

Deno.test("a failure, a held vertex and a rest are no hang", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  const engine = world.engine();
  await engine.load(world.graph({ a: {}, b: {}, c: {} }, ["a -> b"]));
  for (let minute = 0; minute < 60; minute++) {
    assertEquals(engine.stuck(), undefined);
    await world.clock.pass(MINUTE);
  }
});

Deno.test("a pass that goes on half an hour after its time limit hangs", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  const hanging = { takesMs: 300 * MINUTE, stubborn: true, meta: { timeoutSeconds: 600 } };
  await engine.load(world.graph({ a: hanging, b: {} }));
  await world.clock.pass(39 * MINUTE);
  assertEquals(engine.stuck(), undefined);
  await world.clock.pass(2 * MINUTE);
  assertMatch(engine.stuck() ?? "", /^thing\[a\] should have ended 31 min ago$/);
});

Deno.test("a pass that does not end although its vertex left the graph hangs, and ends well late", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  const hanging = { takesMs: 60 * MINUTE, stubborn: true };
  await engine.load(world.graph({ a: hanging, b: { takesMs: 300 * MINUTE } }));
  await world.clock.pass(MINUTE);
  const swapped = engine.load(world.graph({ b: { takesMs: 300 * MINUTE } }));
  await world.clock.pass(29 * MINUTE);
  assertEquals(engine.stuck(), undefined);
  await world.clock.pass(2 * MINUTE);
  assertMatch(engine.stuck() ?? "", /^thing\[a\] should have ended/);
  await world.clock.pass(28 * MINUTE);
  await swapped;
  assertEquals(engine.stuck(), undefined);
});

Deno.test("a graph that never gets into force is a hang", async () => {
  const world = new EngineWorld();
  const never = { ...memoryDebts(), load: () => new Promise<never>(() => {}) };
  const engine = world.engine({ debts: never });
  void engine.load(world.graph({ a: {} }));
  await world.clock.pass(0);
  assertEquals(engine.stuck(), undefined);
  await world.clock.pass(MINUTE);
  assertEquals(engine.stuck(), undefined);
  await world.clock.pass(MINUTE);
  assertMatch(engine.stuck() ?? "", /^nothing has been begun for 2 min/);
});
