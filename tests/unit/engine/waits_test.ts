/** No wait of the engine outlives a stop, and none spins. */

import { assert, assertEquals } from "@std/assert";
import { EngineWorld } from "../../support/engine_world.ts";

Deno.test("who waits for a semaphore when the engine stops does not begin any more", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  const thing = { takesMs: 100, meta: { sema: [{ name: "disk", size: 1 }] } };
  await engine.load(world.graph({ a: thing, b: thing, c: thing }));
  await world.clock.pass(10);
  const stopped = engine.stop();
  await world.clock.pass(1000);
  await stopped;
  assertEquals(world.did("check").length, 1);
  assertEquals(world.did("apply").length, 1, "what runs is finished");
  assertEquals([world.of("failed"), world.of("aborted")], [[], []]);
});

Deno.test("who waits for a limit of passes when the engine stops does not begin any more", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  await engine.load(world.graph({ a: { meta: { limit: 0.01, burst: 1 } } }));
  await world.clock.pass(10);
  world.disturb("a", "wrong");
  await world.clock.pass(10);
  const before = world.did("check").length;
  let isOver = false;
  void engine.stop().then(() => isOver = true);
  await world.clock.pass(10);
  assertEquals([isOver, world.did("check").length], [true, before]);
});

Deno.test("tries without a pause between them become fewer after some", async () => {
  const world = new EngineWorld();
  let looks = 0;
  world.broken.get = () => ++looks < 1000 ? "cannot" : undefined;
  await world.engine().load(world.graph({ a: { meta: { retry: -1, delayMs: 0 } } }));
  await world.clock.pass(1000);
  const tries = world.did("check").length;
  assert(tries > 10 && tries < 30, `${tries}`);
});
