/** When a run that waits for something outside of its graph has converged. */

import { assertEquals } from "@std/assert";
import type { Engine } from "../../../src/engine/engine.ts";
import { EngineWorld } from "../../support/engine_world.ts";

/** A run that is to converge for five seconds, and whose cluster has not answered yet. */
async function joining(): Promise<{ world: EngineWorld; engine: Engine; answer: () => void }> {
  const world = new EngineWorld();
  let pending = true;
  const engine = world.engine({ convergedMs: 5000, pendingElsewhere: () => pending });
  await engine.load(world.graph({ a: {} }));
  return { world, engine, answer: () => void (pending = false) };
}

Deno.test("that the first answer of a cluster has come counts as a change", async () => {
  const { world, engine, answer } = await joining();
  await world.clock.pass(4500);
  answer();
  engine.reconsider(true);
  await world.clock.pass(4900);
  assertEquals(world.of("converged"), []);
  await world.clock.pass(200);
  assertEquals(world.of("converged").length, 1);
});

Deno.test("that a cluster was waited for in vain is no change", async () => {
  const { world, engine, answer } = await joining();
  await world.clock.pass(10_000);
  assertEquals(world.of("converged"), []);
  answer();
  engine.reconsider();
  assertEquals(world.of("converged").length, 1);
});
