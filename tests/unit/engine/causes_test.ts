import { assert, assertEquals } from "@std/assert";
import type { PendingRefresh, RefreshStore } from "../../../src/engine/debts.ts";
import type { Cause } from "../../../src/engine/cause.ts";
import type { EngineEvent } from "../../../src/engine/event.ts";
import { seenEvent } from "../../../src/engine/causes.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import type { Resource, ResourceOrigin } from "../../../src/kind/resource.ts";
import { EngineWorld } from "../../support/engine_world.ts";

const removed = { source: "file", path: "/srv/a", what: "removed" };

/** The causes of the last event of that type that a thing had. */
function causesOf(
  world: EngineWorld,
  type: "apply" | "changed" | "failed" | "contested" | "would-change",
  name: string,
): readonly Cause[] | undefined {
  const all: readonly EngineEvent[] = world.events;
  const last = all.findLast((event) => event.type === type && event.key === `thing[${name}]`);
  return last?.type === type ? last.causes : undefined;
}

/** An engine whose things are right, and that has said so. */
async function settled(
  things: Parameters<EngineWorld["graph"]>[0],
  edges: readonly string[] = [],
  options: Parameters<EngineWorld["engine"]>[0] = {},
) {
  const world = new EngineWorld();
  const engine = world.engine(options);
  await engine.load(world.graph(things, edges));
  await world.clock.pass(10);
  return { world, engine };
}

Deno.test("causes: the first look of a run is its start", async () => {
  const { world } = await settled({ a: {} });
  assertEquals(causesOf(world, "apply", "a"), [{ type: "start" }]);
  assertEquals(causesOf(world, "changed", "a"), [{ type: "start" }]);
});

Deno.test("causes: what comes into the graph or is changed there", async () => {
  const { world, engine } = await settled({ a: {}, b: {} });
  world.events.length = 0;
  await engine.load(world.graph({ a: {}, b: { value: "new" }, c: {} }));
  await world.clock.pass(10);
  assertEquals(causesOf(world, "changed", "a"), undefined);
  assertEquals(causesOf(world, "changed", "b"), [{ type: "graph", change: "changed" }]);
  assertEquals(causesOf(world, "changed", "c"), [{ type: "graph", change: "added" }]);
  // What was seen of its files comes with that, for whoever changed them.
  const edit = seenEvent({ source: "file", path: "/g.yaml", what: "modified" }, 1);
  await engine.load(world.graph({ a: {}, b: { value: "newer" }, c: {} }), { edit });
  await world.clock.pass(1000);
  assertEquals(causesOf(world, "changed", "b"), [{ type: "graph", change: "changed" }, edit]);
});

Deno.test("causes: an event with its path, what happened, and when; the next pass has none of it", async () => {
  const { world } = await settled({ a: {} });
  world.disturb("a", "wrong", removed);
  const atMs = world.clock.wall().getTime();
  await world.clock.pass(10);
  assertEquals(causesOf(world, "apply", "a"), [{ type: "event", ...removed, atMs }]);
  world.disturb("a", "wrong");
  await world.clock.pass(10);
  assertEquals(causesOf(world, "apply", "a"), []);
});

Deno.test("causes: what was right at the last look leaves nothing for the next one", async () => {
  const { world } = await settled({ a: {} });
  world.watchers.get("a")?.(removed);
  await world.clock.pass(10);
  world.disturb("a", "wrong", { source: "file", path: "/srv/other", what: "created" });
  await world.clock.pass(10);
  const paths = causesOf(world, "apply", "a")?.map((cause) => cause.type === "event" && cause.path);
  assertEquals(paths, ["/srv/other"]);
});

Deno.test("causes: a burst is one event with a number, and many paths stay few", async () => {
  const { world } = await settled({ a: { looksMs: 100 } });
  await world.clock.pass(200);
  world.disturb("a", "wrong");
  // While it looks, all this comes, and is for the pass after it.
  for (let n = 0; n < 100; n++) world.watchers.get("a")?.(removed);
  for (let n = 0; n < 100; n++) {
    world.watchers.get("a")?.({ source: "file", path: `/srv/a/${n}`, what: "created", more: 1 });
  }
  await world.clock.pass(101);
  world.values.set("a", "wrong");
  await world.clock.pass(200);
  const causes = causesOf(world, "changed", "a") ?? [];
  assertEquals(causes.length, 16);
  assert(causes[0]?.type === "event" && causes[0].more === 99);
  const counted = causes.map((cause) => cause.type === "event" ? 1 + (cause.more ?? 0) : 0);
  assertEquals(counted.reduce((sum, each) => sum + each), 300);
});

Deno.test("causes: a failure keeps them for its retries, which say what failed", async () => {
  const { world } = await settled({ a: {} });
  world.broken.set("a", "no room");
  world.disturb("a", "wrong", removed);
  await world.clock.pass(10);
  const first = causesOf(world, "failed", "a") ?? [];
  assertEquals(first.map(({ type }) => type), ["event"]);
  await world.clock.pass(4000);
  const again = causesOf(world, "failed", "a") ?? [];
  assertEquals(again.map(({ type }) => type), ["event", "retry"]);
  world.broken.delete("a");
  await world.clock.pass(5000);
  const mended = causesOf(world, "changed", "a") ?? [];
  assertEquals(mended.map(({ type }) => type), ["event", "retry"]);
  world.disturb("a", "wrong");
  await world.clock.pass(10);
  assertEquals(causesOf(world, "changed", "a"), []);
});

Deno.test("causes: a dependency that changed, once, and not a start that waited for it", async () => {
  const { world } = await settled({ a: {}, b: {} }, ["a -> b"]);
  assertEquals(causesOf(world, "changed", "b"), [{ type: "start" }]);
  world.values.set("b", "wrong");
  world.disturb("a", "wrong", removed);
  await world.clock.pass(10);
  assertEquals(causesOf(world, "changed", "b"), [{ type: "dependency", key: "thing[a]" }]);
});

Deno.test("causes: a refresh names who owes it, and not the dependency besides", async () => {
  const { world } = await settled({ a: {}, b: {} }, ["a => b"]);
  world.disturb("a", "wrong", removed);
  await world.clock.pass(10);
  assertEquals(causesOf(world, "apply", "b"), [{ type: "refresh", by: ["thing[a]"] }]);
});

Deno.test("causes: a refresh that an earlier run owes says so, also beside one of this run", async () => {
  const owed = new Map<string, PendingRefresh>();
  const debts: RefreshStore = {
    load: (graph) => ({
      ok: true,
      value: [...owed.values()].filter((each) => each.graph === graph),
    }),
    add: (debt) => {
      owed.set(JSON.stringify(debt), debt);
      return { ok: true, value: undefined };
    },
    remove: (debt) => {
      owed.delete(JSON.stringify(debt));
      return { ok: true, value: undefined };
    },
  };
  debts.add({ graph: "test", source: "thing[a]", target: "thing[c]" });
  const world = new EngineWorld();
  for (const name of ["a", "c"]) world.values.set(name, "right");
  const engine = world.engine({ debts });
  await engine.load(world.graph({ a: {}, b: {}, c: {} }, ["a => c", "b => c"]));
  await world.clock.pass(10);
  assertEquals(causesOf(world, "apply", "c"), [
    { type: "start" },
    { type: "refresh", by: ["thing[a]"], earlier: true },
    { type: "refresh", by: ["thing[b]"] },
  ]);
  assertEquals(owed.size, 0);
  // The graph is read again while this run owes it: that is no earlier run's.
  world.refused.set("c", "not now");
  world.disturb("a", "wrong", removed);
  await world.clock.pass(10);
  await engine.load(world.graph({ a: {}, b: {}, c: { value: "new" } }, ["a => c", "b => c"]));
  await world.clock.pass(10);
  assertEquals(causesOf(world, "failed", "c"), [
    { type: "graph", change: "changed" },
    { type: "refresh", by: ["thing[a]"] },
  ]);
});

Deno.test("causes: who waited for a failed one is freed by it, and keeps why it was to be looked at", async () => {
  const { world } = await settled({ a: {}, b: {} }, ["a -> b"]);
  world.broken.set("a", "no room");
  world.disturb("a", "wrong", removed);
  await world.clock.pass(10);
  world.disturb("b", "wrong", { source: "file", path: "/srv/b", what: "modified" });
  await world.clock.pass(10);
  assertEquals(causesOf(world, "apply", "b"), [{ type: "start" }]);
  world.broken.delete("a");
  await world.clock.pass(5000);
  const types = causesOf(world, "apply", "b")?.map(({ type }) => type);
  assertEquals(types, ["event", "freed"]);
  assertEquals(causesOf(world, "apply", "b")?.at(-1), { type: "freed", by: "thing[a]" });
});

Deno.test("causes: a poll, and an event that came with it", async () => {
  const { world } = await settled({ a: { meta: { pollSeconds: 30 } } });
  world.values.set("a", "wrong");
  await world.clock.pass(30_000);
  assertEquals(causesOf(world, "apply", "a"), [{ type: "poll" }]);
  world.broken.set("a", "no room");
  await world.clock.pass(30_000);
  world.broken.delete("a");
  world.disturb("a", "wrong", removed);
  await world.clock.pass(10);
  const types = causesOf(world, "apply", "a")?.map(({ type }) => type);
  assert(types?.includes("event"));
});

Deno.test("causes: what is contested is tried again because of that", async () => {
  const { world } = await settled({ a: {} }, [], { repairBurst: 2, repairsPerSecond: 1 });
  world.disturb("a", "wrong", removed);
  await world.clock.pass(10);
  world.disturb("a", "wrong", removed);
  await world.clock.pass(10);
  assertEquals(causesOf(world, "contested", "a")?.map(({ type }) => type), ["event"]);
  await world.clock.pass(1000);
  assertEquals(causesOf(world, "changed", "a")?.map(({ type }) => type), ["event", "retry"]);
  assertEquals(causesOf(world, "changed", "a")?.at(-1), { type: "retry", after: "contested" });
});

Deno.test("causes: with noop, who would be asked for a refresh knows by whom", async () => {
  const world = new EngineWorld();
  world.values.set("b", "right");
  await world.engine({ noop: true }).load(world.graph({ a: {}, b: {} }, ["a => b"]));
  await world.clock.pass(10);
  assertEquals(causesOf(world, "would-change", "a"), [{ type: "start" }]);
  assertEquals(causesOf(world, "would-change", "b")?.at(-1), { type: "refresh", by: ["thing[a]"] });
});

Deno.test("causes: a collected resource says from which host, and a new word alone wakes nobody", async () => {
  const from = (cause: string, value: string): Graph<Resource> => {
    const origin: ResourceOrigin = {
      host: "h1",
      key: "file[motd]",
      cause: { text: cause },
    };
    const graph = world.graph({ a: { value } });
    const vertices = [...graph.vertices].map(([key, each]) => [key, { ...each, origin }] as const);
    return { ...graph, vertices: new Map(vertices) };
  };
  const world = new EngineWorld();
  const engine = world.engine();
  await engine.load(from("one", "first"));
  await world.clock.pass(10);
  assertEquals(causesOf(world, "changed", "a")?.map(({ type }) => type), ["start", "collected"]);
  world.events.length = 0;
  world.log.length = 0;
  await engine.load(from("two", "first"));
  await world.clock.pass(10);
  assertEquals(world.log, []);
  await engine.load(from("three", "second"));
  await world.clock.pass(10);
  assertEquals(causesOf(world, "changed", "a"), [{
    type: "collected",
    host: "h1",
    key: "file[motd]",
    cause: { text: "three" },
  }]);
});

Deno.test("steps: how long it looked, waited and worked, also where it failed", async () => {
  const world = new EngineWorld();
  const slow = { looksMs: 30, takesMs: 200, meta: { sema: [{ name: "s", size: 1 }] } };
  await world.engine().load(world.graph({ a: slow, b: slow }));
  await world.clock.pass(1000);
  const steps = world.of("changed").map((event) => event.steps);
  assertEquals(steps.map((each) => each?.checkMs), [30, 30]);
  assertEquals(steps.map((each) => each?.applyMs), [200, 200]);
  assertEquals(steps.map((each) => each?.waitMs), [0, 230]);
  assertEquals(world.of("changed").map(({ tookMs }) => tookMs), [200, 200]);
  world.broken.set("a", "no room");
  world.watchers.get("a")?.();
  await world.clock.pass(100);
  assertEquals(world.of("failed")[0]?.steps, { checkMs: 30, waitMs: 0, applyMs: 0 });
});
