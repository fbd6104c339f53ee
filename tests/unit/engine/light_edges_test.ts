/** Automatic edges order, and delay no repair: what was right is not waited for while it is looked at. */

import { assertEquals } from "@std/assert";
import { EngineWorld } from "../../support/engine_world.ts";

/** A parent that takes long to look at, and a child of it; both are as they should be. */
async function family(arrow: string): Promise<EngineWorld> {
  const world = new EngineWorld();
  const things = { parent: { looksMs: 100, takesMs: 100 }, child: {} };
  await world.engine().load(world.graph(things, [`parent ${arrow} child`]));
  await world.clock.pass(1000);
  assertEquals(world.log, ["check parent", "apply parent", "check child", "apply child"]);
  world.log.length = 0;
  world.events.length = 0;
  return world;
}

Deno.test("a child is healed while its automatic parent is looked at", async () => {
  const world = await family("~>");
  world.watchers.get("parent")?.();
  world.disturb("child", "wrong");
  await world.clock.pass(10);
  assertEquals(world.log, ["check parent", "check child", "apply child"]);
  await world.clock.pass(1000);
  assertEquals(world.log.length, 3);
});

Deno.test("a child waits for a parent that somebody wrote an edge from", async () => {
  const world = await family("->");
  world.watchers.get("parent")?.();
  world.disturb("child", "wrong");
  await world.clock.pass(10);
  assertEquals(world.log, ["check parent"]);
  await world.clock.pass(1000);
  assertEquals(world.log, ["check parent", "check child", "apply child"]);
});

Deno.test("a child waits for its automatic parent while that is being changed", async () => {
  const world = await family("~>");
  world.disturb("parent", "wrong");
  await world.clock.pass(150);
  world.disturb("child", "wrong");
  await world.clock.pass(10);
  assertEquals(world.log, ["check parent"]);
  await world.clock.pass(1000);
  assertEquals(world.log, ["check parent", "apply parent", "check child", "apply child"]);
});

Deno.test("a child that cannot be looked at before its parent is healed has not failed", async () => {
  const world = await family("~>");
  world.broken.set("child", "its parent is gone");
  world.disturb("parent", "wrong");
  world.disturb("child", "wrong");
  await world.clock.pass(150);
  assertEquals(world.did("check"), ["parent", "child"]);
  world.broken.delete("child");
  await world.clock.pass(1000);
  assertEquals(world.log, [
    "check parent",
    "check child",
    "apply parent",
    "check child",
    "apply child",
  ]);
  assertEquals(world.of("failed"), []);
  assertEquals(world.of("blocked"), []);
});

Deno.test("a child that cannot be looked at afterwards either has failed, once", async () => {
  const world = await family("~>");
  world.broken.set("child", "no");
  world.disturb("parent", "wrong");
  world.disturb("child", "wrong");
  await world.clock.pass(500);
  assertEquals(world.of("failed").map(({ key }) => key), ["thing[child]"]);
  assertEquals(world.of("settled").length, 1);
});

Deno.test("a child is held by an automatic parent that turns out to be broken", async () => {
  const world = await family("~>");
  world.broken.set("child", "its parent is gone");
  world.broken.set("parent", "no");
  world.disturb("parent", "wrong");
  world.disturb("child", "wrong");
  await world.clock.pass(500);
  assertEquals(world.of("failed").map(({ key }) => key), ["thing[parent]"]);
  assertEquals(world.of("blocked").map(({ key }) => key), ["thing[child]"]);
  world.broken.clear();
  await world.clock.pass(5000);
  assertEquals(world.did("apply"), ["parent", "child"]);
});

Deno.test("a child does not overtake a parent that itself waits for one that is changed", async () => {
  const world = new EngineWorld();
  const things = { top: { looksMs: 10, takesMs: 100 }, parent: { looksMs: 10 }, child: {} };
  await world.engine().load(world.graph(things, ["top ~> parent", "parent ~> child"]));
  await world.clock.pass(1000);
  world.log.length = 0;
  world.disturb("top", "wrong");
  await world.clock.pass(50);
  world.watchers.get("parent")?.();
  world.disturb("child", "wrong");
  await world.clock.pass(20);
  assertEquals(world.did("apply"), []);
  await world.clock.pass(1000);
  assertEquals(world.did("apply"), ["top", "child"]);
});

Deno.test("an agent that stops during an early visit ends", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  const things = { parent: { looksMs: 100 }, child: { looksMs: 50 } };
  await engine.load(world.graph(things, ["parent ~> child"]));
  await world.clock.pass(1000);
  world.broken.set("child", "no");
  world.disturb("child", "wrong");
  world.watchers.get("parent")?.();
  await world.clock.pass(10);
  const stopped = engine.stop();
  await world.clock.pass(1000);
  await stopped;
  assertEquals(world.of("exited").length, 2);
});

Deno.test("a child that is looked at before its parent, and fails as that is gone, too, has not failed", async () => {
  for (const arrow of ["->", "~>"]) {
    const world = await family(arrow);
    // As after rm -r: what happened in the directory is told first.
    world.broken.set("child", "its parent is gone");
    world.disturb("child", "wrong");
    world.disturb("parent", "wrong");
    await world.clock.pass(150);
    world.broken.delete("child");
    await world.clock.pass(1000);
    assertEquals(world.did("apply"), ["parent", "child"]);
    assertEquals([world.of("failed"), world.of("blocked")], [[], []]);
  }
});
