/** What noop foretells: refreshes along notify edges, and what would be refused. */

import { assertEquals } from "@std/assert";
import { EngineWorld } from "../../support/engine_world.ts";

const NOOP = { noop: true };

/** What would be changed, as `key: reason` with who asks for it. */
function foretold(world: EngineWorld): string[] {
  return world.of("would-change").map(({ key, reason, ...more }) => {
    const asked = "askedBy" in more ? more.askedBy as readonly string[] : [];
    return `${key}: ${reason}${asked.length > 0 ? ` by ${asked.join(" ")}` : ""}`;
  });
}

function rightExcept(...wrong: readonly string[]): EngineWorld {
  const world = new EngineWorld();
  for (const name of "abcde") if (!wrong.includes(name)) world.values.set(name, "right");
  return world;
}

Deno.test("noop tells the refreshes that a change would cause, along chains", async () => {
  const world = rightExcept("a");
  await world.engine(NOOP).load(
    world.graph({ d: {}, c: {}, b: {}, a: {} }, ["a => b", "b => c", "b -> d"]),
  );
  await world.clock.pass(10);
  assertEquals(foretold(world), [
    "thing[a]: undefined → right",
    "thing[b]: refresh by thing[a]",
    "thing[c]: reload c by thing[b]",
  ]);
  assertEquals(world.of("settled").at(-1)?.recap.noop, 3);
  assertEquals(world.did("refresh"), []);
});

Deno.test("noop tells a refresh once, and takes it back when there is no cause for it any more", async () => {
  const world = rightExcept();
  const engine = world.engine(NOOP);
  await engine.load(world.graph({ a: {}, b: {}, c: {} }, ["a => b", "b => c"]));
  await world.clock.pass(10);
  assertEquals(foretold(world), []);
  world.disturb("a", "wrong");
  await world.clock.pass(10);
  assertEquals(foretold(world), [
    "thing[a]: wrong → right",
    "thing[b]: refresh by thing[a]",
    "thing[c]: reload c by thing[b]",
  ]);
  world.disturb("a", "right");
  await world.clock.pass(10);
  assertEquals(engine.recap().noop, 0);
  assertEquals(engine.recap().ok, 3);
});

Deno.test("an edge that leaves the graph takes the foretold refresh with it", async () => {
  const world = rightExcept("a");
  const engine = world.engine(NOOP);
  await engine.load(world.graph({ a: {}, b: {} }, ["a => b"]));
  await world.clock.pass(10);
  assertEquals(engine.recap().noop, 2);
  await engine.load(world.graph({ a: {}, b: {} }, ["a -> b"]));
  await world.clock.pass(10);
  assertEquals(engine.recap().noop, 1);
  await engine.load(world.graph({ a: {}, b: {} }, ["a => b"]));
  await world.clock.pass(10);
  assertEquals(engine.recap().noop, 2);
});

Deno.test("what meta.noop leaves alone asks nobody who is really refreshed", async () => {
  const world = rightExcept("a");
  await world.engine().load(
    world.graph({ a: { meta: { noop: true } }, b: {}, c: { meta: { noop: true } } }, [
      "a => b",
      "a => c",
    ]),
  );
  await world.clock.pass(10);
  assertEquals(world.did("refresh"), []);
  assertEquals(foretold(world), ["thing[a]: undefined → right", "thing[c]: reload c by thing[a]"]);
});

Deno.test("noop tells what would be refused as a failure, unless what comes before may mend it", async () => {
  const world = rightExcept("b", "c", "e");
  world.refused.set("b", "b is held");
  world.refused.set("e", "e has no directory");
  await world.engine(NOOP).load(
    world.graph({ b: {}, c: {}, d: {}, e: {} }, ["c -> d", "d -> e"]),
  );
  await world.clock.pass(10);
  assertEquals(world.of("failed").map(({ key, failure: { message } }) => [key, message]), [
    ["thing[b]", "b is held"],
  ]);
  assertEquals(foretold(world), [
    "thing[c]: undefined → right",
    "thing[e]: not before thing[c] is applied (now: e has no directory)",
  ]);
});

Deno.test("what is known to have nothing to do with a refusal does not mend it", async () => {
  const world = rightExcept("a", "b", "c", "d");
  for (const name of ["b", "d"]) {
    world.refused.set(name, `${name} lacks /srv/c/file`);
    world.needs.set(name, ["/srv/c/file"]);
  }
  await world.engine(NOOP).load(
    world.graph({ a: {}, b: {}, c: {}, d: {} }, ["a => b", "a -> c", "c -> d"]),
  );
  await world.clock.pass(10);
  assertEquals(world.of("failed").map(({ key, noop }) => [key, noop]), [["thing[b]", true]]);
  assertEquals(foretold(world).at(-1)?.startsWith("thing[d]: not before thing[c]"), true);
});

Deno.test("a refusal comes before anything is owed or applied, and heals", async () => {
  const world = rightExcept("a");
  world.refused.set("a", "a is held");
  await world.engine().load(world.graph({ a: {}, b: {} }, ["a => b"]));
  await world.clock.pass(10);
  assertEquals(world.log, ["check a"]);
  world.refused.clear();
  world.watchers.get("a")?.();
  await world.clock.pass(10);
  assertEquals(world.did("apply"), ["a"]);
  assertEquals(world.did("refresh"), ["b"]);
});

Deno.test("a refused refresh stays owed; one that is not needed is no change", async () => {
  const world = rightExcept("a");
  world.refused.set("b", "b cannot be reloaded");
  world.asleep.add("c");
  const engine = world.engine();
  await engine.load(world.graph({ a: {}, b: {}, c: {}, d: {} }, ["a => b", "a => c", "c => d"]));
  await world.clock.pass(10);
  assertEquals(world.of("failed").map(({ key }) => key), ["thing[b]"]);
  assertEquals(world.of("changed").map(({ key }) => key), ["thing[a]"]);
  world.refused.clear();
  await world.clock.pass(2000);
  assertEquals(world.did("refresh"), ["b"]);
  assertEquals(engine.recap().changed, 2);
});

Deno.test("what its own noop leaves as it is asks only those that are left as well", async () => {
  for (const noop of [true, false]) {
    const world = rightExcept("a");
    await world.engine({ noop }).load(world.graph(
      { a: { meta: { noop: true } }, b: {}, c: { meta: { noop: true } } },
      ["a => b", "a => c"],
    ));
    await world.clock.pass(10);
    assertEquals(foretold(world), [
      "thing[a]: undefined → right",
      "thing[c]: reload c by thing[a]",
    ]);
  }
});
