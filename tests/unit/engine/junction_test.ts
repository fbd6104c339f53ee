/** What edges of an entry of collect do while the graph runs. */

import { assertEquals } from "@std/assert";
import { memoryDebts } from "../../../src/engine/debts.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import type { Resource } from "../../../src/kind/resource.ts";
import { withJunctions } from "../../../src/lang/collect_junction.ts";
import { EngineWorld } from "../../support/engine_world.ts";

/** The things `collected` are taken by the entry `peers`, which is before `service`. */
function graph(
  world: EngineWorld,
  collected: Readonly<Record<string, string>>,
): Graph<Resource> {
  const things = Object.fromEntries(
    Object.entries(collected).map(([name, value]) => [name, { value }]),
  );
  const { name, vertices } = world.graph({ service: {}, ...things });
  const edge = (from: string, to: string) => ({ name: "e", from, to, notify: true });
  const edges = [
    edge("collect[peers]", "thing[service]"),
    ...Object.keys(collected).map((each) => edge(`thing[${each}]`, "collect[peers]")),
  ];
  return withJunctions({ name, vertices, edges }, ["peers"]);
}

function running(options: Parameters<EngineWorld["engine"]>[0] = {}) {
  const world = new EngineWorld();
  world.values.set("service", "right");
  return { world, engine: world.engine(options) };
}

Deno.test("what arrives, changes and leaves refreshes whoever stands behind the entry", async () => {
  const { world, engine } = running();
  const refreshed = () => world.did("refresh").length;
  await engine.load(graph(world, {}));
  await world.clock.pass(10);
  assertEquals(refreshed(), 0);
  await engine.load(graph(world, { b: "one" }));
  await world.clock.pass(10);
  assertEquals(refreshed(), 1);
  await engine.load(graph(world, { b: "two", c: "one" }));
  await world.clock.pass(10);
  assertEquals(refreshed(), 2);
  // Withdrawn and kept: nothing changes on the host.
  await engine.load(graph(world, { c: "one" }));
  await world.clock.pass(10);
  assertEquals(refreshed(), 2);
});

Deno.test("the entry itself counts as no change", async () => {
  const { world, engine } = running();
  await engine.load(graph(world, { b: "one" }));
  await world.clock.pass(10);
  assertEquals(engine.recap().changed, 2);
});

Deno.test("a refresh is owed although what asked for it was withdrawn before it could happen", async () => {
  const { world, engine } = running();
  world.broken.set("c", "no");
  await engine.load(graph(world, { b: "one", c: "one" }));
  await world.clock.pass(10);
  assertEquals(world.did("apply"), ["b"]);
  assertEquals(world.did("refresh"), []);
  await engine.load(graph(world, {}));
  await world.clock.pass(10);
  assertEquals(world.did("refresh"), ["service"]);
});

Deno.test("after a restart a refresh that came through the entry is still owed, once", async () => {
  const debts = memoryDebts();
  const debt = { graph: "test", source: "thing[b]", target: "collect[peers]" };
  await debts.add(debt);
  const { world, engine } = running({ debts });
  await engine.load(graph(world, {}));
  await world.clock.pass(10);
  await engine.load(graph(world, { b: "right" }));
  await world.clock.pass(10);
  assertEquals(world.did("refresh"), ["service"]);
  assertEquals(await debts.load("test"), { ok: true, value: [] });
});

Deno.test("noop names what may mend a refusal, not the entry before it, which changes nothing", async () => {
  const { world, engine } = running({ noop: true });
  world.refused.set("service", "there is no unit");
  const found = graph(world, { b: "one" });
  await engine.load({
    ...found,
    vertices: new Map([...found.vertices, ...world.graph({ unit: {} }).vertices]),
    edges: [...found.edges, {
      name: "u",
      from: "thing[unit]",
      to: "thing[service]",
      notify: false,
    }],
  });
  await world.clock.pass(10);
  assertEquals(
    world.of("would-change").at(-1)?.reason,
    "not before thing[unit] is applied (now: there is no unit)",
  );
});
