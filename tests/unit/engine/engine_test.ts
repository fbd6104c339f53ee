import { assert, assertEquals } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import type { PendingRefresh, RefreshStore } from "../../../src/engine/debts.ts";
import type { AnyKind } from "../../../src/kind/kind.ts";
import type { Meta } from "../../../src/kind/meta.ts";
import { EngineWorld } from "../../support/engine_world.ts";

Deno.test("a vertex runs after all it depends on, and others run beside it", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  const slow = { takesMs: 10_000 };
  await engine.load(world.graph({ a: slow, b: slow, c: slow, d: slow }, ["a -> b", "b -> c"]));
  await world.clock.pass(10_000);
  assertEquals(world.did("apply").sort(), ["a", "d"]);
  await world.clock.pass(20_000);
  assertEquals(world.did("apply").slice(2), ["b", "c"]);
  assertEquals(world.mostApplying, 2);
});

Deno.test("a diamond's last vertex waits for both sides", async () => {
  const world = new EngineWorld();
  await world.engine().load(
    world.graph({ a: {}, b: { takesMs: 5 }, c: { takesMs: 50 }, d: {} }, [
      "a -> b",
      "a -> c",
      "b -> d",
      "c -> d",
    ]),
  );
  await world.clock.pass(100);
  assertEquals(world.did("apply"), ["a", "b", "c", "d"]);
});

Deno.test("what is right already is looked at once and wakes nobody", async () => {
  const world = new EngineWorld();
  world.values.set("a", "right");
  world.values.set("b", "right");
  await world.engine().load(world.graph({ a: {}, b: {} }, ["a -> b"]));
  await world.clock.pass(10);
  assertEquals(world.log, ["check a", "check b"]);
  world.watchers.get("a")?.();
  await world.clock.pass(10);
  assertEquals(world.log, ["check a", "check b", "check a"]);
});

Deno.test("drift from outside is healed at once, and dependents look again", async () => {
  const world = new EngineWorld();
  await world.engine().load(world.graph({ a: {}, b: {} }, ["a -> b"]));
  await world.clock.pass(10);
  world.log.length = 0;
  world.disturb("a", "wrong");
  await world.clock.pass(0);
  assertEquals(world.values.get("a"), "right");
  assertEquals(world.log, ["check a", "apply a", "check b"]);
});

Deno.test("a mark while a pass runs means one more pass, however many marks", async () => {
  const world = new EngineWorld();
  await world.engine().load(world.graph({ a: { takesMs: 100 } }));
  await world.clock.pass(50);
  for (let i = 0; i < 5; i++) world.disturb("a", "wrong");
  await world.clock.pass(50);
  await world.clock.pass(1000);
  assertEquals(world.did("check").length, 2);
});

Deno.test("a failed vertex holds its dependents, said once, and nothing else", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  await world.engine().load(
    world.graph({ a: {}, b: {}, c: {}, d: {} }, ["a -> b", "b -> c"]),
  );
  await world.clock.pass(20_000);
  assertEquals(world.did("apply"), ["d"]);
  assertEquals(world.of("blocked").map(({ key, by }) => `${key} ${by}`), [
    "thing[b] thing[a]",
    "thing[c] thing[b]",
  ]);
});

Deno.test("a vertex that is held by an automatic edge says why that is there", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  const engine = world.engine();
  await engine.load(world.graph({ a: {}, b: {}, c: {} }, ["a ~> b", "a -> c"]));
  await world.clock.pass(100);
  assertEquals(world.of("graph").map(({ edges, automatic }) => [edges, automatic]), [[2, 1]]);
  assertEquals(
    world.of("blocked").toSorted((one, other) => one.key < other.key ? -1 : 1),
    [
      { type: "blocked", key: "thing[b]", by: "thing[a]", automatic: "why not" },
      { type: "blocked", key: "thing[c]", by: "thing[a]" },
    ],
  );
  world.broken.set("b", "no");
  world.broken.delete("a");
  await engine.load(world.graph({ a: {}, b: {}, c: {} }, ["b ~> a"]));
  await world.clock.pass(100_000);
  assertEquals(world.of("blocked").at(-1), {
    type: "blocked",
    key: "thing[a]",
    by: "thing[b]",
    automatic: "why not",
  });
});

Deno.test("an automatic edge wakes for a change, and owes nothing", async () => {
  const world = new EngineWorld();
  await world.engine().load(world.graph({ a: {}, b: {} }, ["a ~> b"]));
  await world.clock.pass(100);
  assertEquals(world.log, ["check a", "apply a", "check b", "apply b"]);
  world.disturb("a", "wrong");
  await world.clock.pass(100);
  assertEquals(world.log.slice(4), ["check a", "apply a", "check b"]);
});

Deno.test("a failed vertex is tried again after 1, 2, 4 s, and frees whom it held", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  const engine = world.engine();
  await engine.load(world.graph({ a: {}, b: {} }, ["a -> b"]));
  await world.clock.pass(6_900);
  assertEquals(world.did("check").length, 3);
  assertEquals(world.of("failed").map((event) => event.retryMs), [1000, 2000, 4000]);
  world.broken.delete("a");
  await world.clock.pass(200);
  assertEquals(world.did("apply"), ["a", "b"]);
  assertEquals(engine.recap(), {
    ok: 2,
    changed: 2,
    failed: 0,
    blocked: 0,
    contested: 0,
    held: 0,
    noop: 0,
    aborted: 0,
  });
});

Deno.test("a failed vertex is tried at once when its watch fires", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  await world.engine().load(world.graph({ a: {} }));
  await world.clock.pass(10);
  world.broken.delete("a");
  world.watchers.get("a")?.();
  await world.clock.pass(0);
  assertEquals(world.did("apply"), ["a"]);
  assertEquals(world.clock.armed, 1, "no retry is left over beside the report of long work");
});

Deno.test("retry and delay are obeyed, and a one-shot tries once", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  await world.engine().load(world.graph({ a: { meta: { retry: 2, delayMs: 10 } } }));
  await world.clock.pass(1000);
  assertEquals(world.did("check").length, 3);
  const once = new EngineWorld();
  once.broken.set("a", "no");
  await once.engine({ watching: false, convergedMs: 0 }).load(once.graph({ a: {} }));
  await once.clock.pass(100_000);
  assertEquals(once.did("check").length, 1);
  assertEquals(once.of("converged").length, 1);
});

Deno.test("a one-shot that was told to retry does so before it has converged", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  await world.engine({ watching: false, convergedMs: 0 }).load(
    world.graph({ a: { meta: { retry: 2, delayMs: 1000 } }, b: {} }, ["a -> b"]),
  );
  await world.clock.pass(1500);
  assertEquals(world.did("check").length, 2);
  assertEquals(world.of("converged"), []);
  world.broken.delete("a");
  await world.clock.pass(1000);
  assertEquals(world.did("apply"), ["a", "b"]);
  assertEquals(world.of("converged").length, 1);
  const given = new EngineWorld();
  given.broken.set("a", "no");
  await given.engine({ watching: false, convergedMs: 0 }).load(
    given.graph({ a: { meta: { retry: 2, delayMs: 1000 } } }),
  );
  await given.clock.pass(5000);
  assertEquals(given.did("check").length, 3);
  assertEquals(given.of("converged").length, 1);
});

Deno.test("noop changes nothing and says what it would have done", async () => {
  const world = new EngineWorld();
  await world.engine({ noop: true }).load(world.graph({ a: {}, b: {} }, ["a => b"]));
  await world.clock.pass(10);
  assertEquals(world.did("apply"), []);
  assertEquals(world.of("would-change").map((event) => event.reason), [
    "undefined → right",
    "undefined → right",
  ]);
  const one = new EngineWorld();
  await one.engine().load(one.graph({ a: { meta: { noop: true } }, b: {} }));
  await one.clock.pass(10);
  assertEquals(one.did("apply"), ["b"]);
});

Deno.test("poll looks again without an event", async () => {
  const world = new EngineWorld();
  await world.engine().load(world.graph({ a: { meta: { pollSeconds: 5 } } }));
  await world.clock.pass(16_000);
  assertEquals(world.did("check").length, 4);
});

Deno.test("a pass that exceeds meta.timeout is aborted and fails", async () => {
  const world = new EngineWorld();
  await world.engine().load(
    world.graph({ a: { takesMs: 60_000, meta: { timeoutSeconds: 2, retry: 0 } } }),
  );
  await world.clock.pass(2_500);
  const [failed] = world.of("failed");
  assertEquals(failed?.failure.code, "timeout");
  assertEquals(world.did("apply"), []);
});

Deno.test("limit and burst space passes out", async () => {
  const world = new EngineWorld();
  await world.engine().load(world.graph({ a: { meta: { limit: 1, burst: 2 } } }));
  await world.clock.pass(0);
  for (let i = 0; i < 3; i++) {
    world.watchers.get("a")?.();
    await world.clock.pass(1);
  }
  assertEquals(world.did("check").length, 2);
  await world.clock.pass(1000);
  assertEquals(world.did("check").length, 3);
});

Deno.test("a semaphore of two lets two run at a time", async () => {
  const world = new EngineWorld();
  const thing = { takesMs: 100, meta: { sema: [{ name: "disk", size: 2 }] } };
  await world.engine().load(world.graph({ a: thing, b: thing, c: thing, d: thing, e: thing }));
  await world.clock.pass(1000);
  assertEquals(world.did("apply").length, 5);
  assertEquals(world.mostApplying, 2);
});

Deno.test("a limit for all passes of a run holds beside semaphores, whatever these are called", async () => {
  const world = new EngineWorld();
  const plain = { takesMs: 100, looksMs: 10 };
  const named = { ...plain, meta: { sema: [{ name: "", size: 5 }] } };
  const things = { a: named, b: plain, c: named, d: plain, e: plain };
  await world.engine({ passesAtOnce: 2 }).load(world.graph(things, ["e -> a"]));
  await world.clock.pass(2000);
  assertEquals([world.did("apply").length, world.mostApplying], [5, 2]);
  for (const name of Object.keys(things)) world.disturb(name, "other");
  await world.clock.pass(2000);
  assertEquals([world.did("apply").length, world.mostApplying], [10, 2]);
});

Deno.test("a limit for all passes lets who waits for it stop", async () => {
  const world = new EngineWorld();
  const thing = { takesMs: 100 };
  const engine = world.engine({ passesAtOnce: 1 });
  await engine.load(world.graph({ a: thing, b: thing }));
  await world.clock.pass(50);
  const stopped = engine.stop();
  await world.clock.pass(100);
  await stopped;
  assertEquals(world.did("apply").length, 1);
});

Deno.test("who waits for a place in a semaphore is not at work, and a stop does not wait for it", async () => {
  const world = new EngineWorld();
  const thing = { takesMs: 100, meta: { sema: [{ name: "disk", size: 2 }] } };
  const engine = world.engine();
  await engine.load(world.graph({ a: thing, b: thing, c: thing }));
  await world.clock.pass(50);
  assertEquals([engine.working().length, engine.working(true).length], [2, 1]);
  const stopped = engine.stop();
  await world.clock.pass(1000);
  await stopped;
  assertEquals(world.did("apply").length, 2);
});

Deno.test("a notify edge refreshes its target after a change, and only then", async () => {
  const world = new EngineWorld();
  world.values.set("b", "right");
  await world.engine().load(world.graph({ a: {}, b: {} }, ["a => b"]));
  await world.clock.pass(10);
  assertEquals(world.log, ["check a", "apply a", "check b", "refresh b"]);
  world.watchers.get("a")?.();
  await world.clock.pass(10);
  assertEquals(world.did("refresh").length, 1);
});

Deno.test("a refresh debt is written before the change and struck out after the refresh", async () => {
  const world = new EngineWorld();
  world.values.set("b", "right");
  await world.engine({ debts: loggedDebts(world.log) }).load(
    world.graph({ a: {}, b: {} }, ["a => b"]),
  );
  await world.clock.pass(10);
  assertEquals(world.log, [
    "check a",
    "debt thing[a] thing[b]",
    "apply a",
    "check b",
    "refresh b",
    "paid thing[a] thing[b]",
  ]);
});

Deno.test("with noop, what cannot be looked at before its parent is applied has not failed", async () => {
  const world = new EngineWorld();
  world.broken.set("b", "no such directory");
  world.broken.set("c", "broken by itself");
  await world.engine({ noop: true, watching: false }).load(
    world.graph({ a: {}, b: {}, c: {} }, ["a -> b"]),
  );
  await world.clock.pass(10);
  assertEquals(world.of("failed").map(({ key }) => key), ["thing[c]"]);
  assertEquals(world.of("would-change").map(({ key, reason }) => [key, reason]), [
    ["thing[a]", "undefined → right"],
    ["thing[b]", "not before thing[a] is applied (now: no such directory)"],
  ]);
});

Deno.test("a change that comes while its target is being refreshed is not forgotten", async () => {
  const world = new EngineWorld();
  await world.engine().load(world.graph({ a: {}, b: { takesMs: 1000 } }, ["a => b"]));
  await world.clock.pass(500);
  world.disturb("a", "wrong");
  await world.clock.pass(2000);
  assertEquals(world.did("apply"), ["a", "a", "b"]);
  assertEquals(world.did("refresh"), ["b"]);
});

Deno.test("a debt that a crashed run left is paid though nothing drifts", async () => {
  const world = new EngineWorld();
  world.values.set("a", "right");
  world.values.set("b", "right");
  const left = [{ graph: "test", source: "thing[a]", target: "thing[b]" }];
  await world.engine({ debts: loggedDebts(world.log, left) }).load(
    world.graph({ a: {}, b: {} }, ["a => b"]),
  );
  await world.clock.pass(10);
  assertEquals(world.did("refresh"), ["b"]);
  assertEquals(world.did("paid"), ["thing[a] thing[b]"]);
});

Deno.test("noop shows a debt that a crashed run left, and touches none", async () => {
  const world = new EngineWorld();
  for (const name of ["a", "b"]) world.values.set(name, "right");
  const left = [
    { graph: "test", source: "thing[a]", target: "thing[b]" },
    { graph: "test", source: "thing[a]", target: "thing[gone]" },
  ];
  await world.engine({ debts: loggedDebts(world.log, left), noop: true }).load(
    world.graph({ a: {}, b: {} }, ["a => b"]),
  );
  await world.clock.pass(10);
  assertEquals(world.of("would-change").map(({ key, reason }) => [key, reason]), [
    ["thing[b]", "refresh"],
  ]);
  assertEquals([...world.did("refresh"), ...world.did("paid")], []);
});

Deno.test("a debt whose edge or target left the graph is dropped, and said so", async () => {
  const world = new EngineWorld();
  const left = [
    { graph: "test", source: "thing[a]", target: "thing[b]" },
    { graph: "test", source: "thing[a]", target: "thing[gone]" },
  ];
  await world.engine({ debts: loggedDebts(world.log, left) }).load(
    world.graph({ a: {}, b: {} }, ["a -> b"]),
  );
  await world.clock.pass(10);
  assertEquals(world.did("refresh"), []);
  assertEquals(world.of("refresh-dropped").map((event) => event.target), [
    "thing[b]",
    "thing[gone]",
  ]);
});

Deno.test("a swap leaves equal vertices and their running work alone", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  await engine.load(world.graph({ a: { takesMs: 100 }, b: {}, c: {} }));
  await world.clock.pass(50);
  await engine.load(world.graph({ a: { takesMs: 100 }, b: { value: "new" }, d: {} }));
  await world.clock.pass(100);
  assertEquals(world.did("apply").toSorted(), ["a", "b", "b", "c", "d"]);
  assertEquals(world.did("check").filter((name) => name === "a").length, 1);
  assertEquals(world.of("exited").map((event) => event.key).sort(), ["thing[b]", "thing[c]"]);
  assert(!world.watchers.has("c"));
});

Deno.test("a swap aborts what it removes, and children of the removed go on", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  await engine.load(world.graph({ a: { takesMs: 100_000 }, b: {} }, ["a -> b"]));
  await world.clock.pass(50);
  await engine.load(world.graph({ b: {} }));
  await world.clock.pass(10);
  assertEquals(world.did("apply"), ["b"]);
  assertEquals(world.of("blocked"), []);
});

Deno.test("converged after so long without change, and a change starts it over", async () => {
  const world = new EngineWorld();
  await world.engine({ convergedMs: 5000 }).load(world.graph({ a: { takesMs: 10_000 } }));
  await world.clock.pass(14_000);
  world.disturb("a", "wrong");
  await world.clock.pass(10_000);
  assertEquals(world.of("converged"), []);
  await world.clock.pass(4_900);
  assertEquals(world.of("converged"), []);
  await world.clock.pass(200);
  assertEquals(world.of("converged").length, 1);
});

Deno.test("a retry that fails again, and a blocked vertex, do not keep a run from converging", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  await world.engine({ convergedMs: 5000 }).load(world.graph({ a: {}, b: {} }, ["a -> b"]));
  await world.clock.pass(5100);
  assertEquals(world.of("converged").length, 1);
});

Deno.test("an empty graph converges", async () => {
  const world = new EngineWorld();
  await world.engine({ convergedMs: 0 }).load(world.graph({}));
  await world.clock.pass(0);
  assertEquals(world.of("converged").length, 1);
});

Deno.test("a fight is broken off, reported with pauses of 1, 2, 4 s, and ends by itself", async () => {
  const world = new EngineWorld();
  const engine = world.engine({ repairBurst: 10, repairsPerSecond: 0.001 });
  await engine.load(world.graph({ a: {}, b: {} }));
  await world.clock.pass(0);
  for (let i = 0; i < 30; i++) {
    world.disturb("a", `theirs ${i}`);
    await world.clock.pass(0);
  }
  assertEquals(world.did("apply").filter((name) => name === "a").length, 10);
  assertEquals(engine.recap().contested, 1);
  await world.clock.pass(7_100);
  assertEquals(world.of("contested").map((event) => event.pauseMs), [1000, 2000, 4000, 8000]);
  world.disturb("b", "wrong");
  await world.clock.pass(0);
  assertEquals(world.values.get("b"), "right", "the rest runs on");
  world.values.set("a", "right");
  await world.clock.pass(8_000);
  assertEquals(engine.recap().contested, 0);
});

Deno.test("stop lets running work finish and starts nothing", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  await engine.load(world.graph({ a: { takesMs: 100 }, b: {} }, ["a -> b"]));
  await world.clock.pass(10);
  const stopped = engine.stop();
  await world.clock.pass(1000);
  await stopped;
  assertEquals(world.did("apply"), ["a"]);
  assertEquals(world.clock.armed, 0);
});

Deno.test("stop and abort end running work at once", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  await engine.load(world.graph({ a: { takesMs: 100_000 } }));
  await world.clock.pass(10);
  const stopped = engine.stop();
  engine.abort();
  await stopped;
  assertEquals(world.did("apply"), []);
  assertEquals(world.of("aborted"), [{ type: "aborted", key: "thing[a]", tookMs: 10 }]);
  assertEquals([engine.recap().aborted, engine.recap().failed], [1, 0]);
});

Deno.test("what leaves the graph, or is edited, while it is changed is said to be aborted, and counts no more", async () => {
  for (const next of [{}, { a: { takesMs: 1 } }]) {
    const world = new EngineWorld();
    const engine = world.engine();
    await engine.load(world.graph({ a: { takesMs: 100_000 } }));
    await world.clock.pass(10);
    const swapped = engine.load(world.graph(next));
    await world.clock.pass(100);
    await swapped;
    const told = world.events.filter(({ type }) => type === "aborted" || type === "exited");
    assertEquals(told, [
      { type: "aborted", key: "thing[a]", tookMs: 10 },
      { type: "exited", key: "thing[a]" },
    ]);
    assertEquals(engine.recap().aborted, 0);
  }
});

Deno.test("what is aborted while it only looks counts as nothing", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  await engine.load(world.graph({ a: { looksMs: 100_000 } }));
  await world.clock.pass(10);
  const stopped = engine.stop();
  engine.abort();
  await stopped;
  assertEquals([world.of("aborted"), engine.recap().aborted], [[], 0]);
});

Deno.test("long work is reported soon, then less and less often, with who waits for it", async () => {
  const world = new EngineWorld();
  await world.engine().load(
    world.graph({ a: { takesMs: 3 * 3600_000 }, b: {}, c: {} }, ["a -> b", "b -> c"]),
  );
  await world.clock.pass(3 * 3600_000 - 1);
  const reports = world.of("running").map((event) => event.vertices);
  const minutes = reports.map(([first]) => (first?.forMs ?? 0) / 60_000);
  assertEquals(minutes, [1 / 6, 1 / 2, 1, 5, 15, 30, 60, 120]);
  assertEquals(reports[0]?.[0]?.key, "thing[a]");
  assertEquals(reports[0]?.[0]?.waiting, ["thing[b]", "thing[c]"]);
});

Deno.test("what begins later than others is reported in its own time, each step anew", async () => {
  const world = new EngineWorld();
  const things = { a: { takesMs: 45_000 }, b: { looksMs: 34_000, takesMs: 11_500 } };
  await world.engine().load(world.graph(things));
  await world.clock.pass(60_000);
  const said = world.of("running").flatMap(({ vertices }) =>
    vertices.map(({ key, step, forMs }) => `${key} ${step} ${Math.floor(forMs / 1000)}`)
  );
  assertEquals(said.sort(), [
    "thing[a] apply 10",
    "thing[a] apply 30",
    "thing[b] apply 10",
    "thing[b] check 10",
    "thing[b] check 30",
  ]);
});

/** A graph of one thing whose kind is another in some respect. */
function withKind(world: EngineWorld, change: Partial<AnyKind>, meta: Partial<Meta> = {}) {
  const graph = world.graph({ a: { meta } });
  const resource = graph.vertices.get("thing[a]");
  assert(resource !== undefined);
  const vertices = new Map([["thing[a]", { ...resource, kind: { ...resource.kind, ...change } }]]);
  return { ...graph, vertices };
}

Deno.test("a kind with a rhythm of its own keeps it while it fails: one try each time, no backoff", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  const rhythm = { pollSeconds: () => 10, retryMs: () => 10_000 };
  await world.engine().load(withKind(world, rhythm));
  await world.clock.pass(95_000);
  assertEquals(world.did("check").length, 10);
  assertEquals(new Set(world.of("failed").map(({ retryMs }) => retryMs)), new Set([10_000]));
  world.broken.clear();
  await world.clock.pass(10_000);
  assertEquals(world.values.get("a"), "right");
});

Deno.test("a delay in meta comes before the rhythm of the kind, in a run that ends, too", async () => {
  const world = new EngineWorld();
  world.broken.set("a", "no");
  const rhythm = { retryMs: () => 10_000 };
  const engine = world.engine({ watching: false });
  await engine.load(withKind(world, rhythm, { retry: 2, delayMs: 100 }));
  await world.clock.pass(250);
  assertEquals(world.of("failed").map(({ retryMs }) => retryMs), [100, 100, undefined]);
});

Deno.test("a poll is a try: the one that a failure has armed is not made besides", async () => {
  const world = new EngineWorld();
  let looks = 0;
  const check = async () => {
    looks++;
    await world.clock.sleep(10);
    return failure("no");
  };
  await world.engine().load(withKind(world, { check, pollSeconds: () => 1 }, { delayMs: 1000 }));
  await world.clock.pass(5_500);
  assertEquals(looks, 6);
});

Deno.test("a kind that throws is its vertex's failure and nobody else's", async () => {
  const world = new EngineWorld();
  const graph = world.graph({ a: {}, b: {} });
  const resource = graph.vertices.get("thing[a]");
  assert(resource !== undefined);
  const kind = {
    ...resource.kind,
    check: () => {
      throw new Error("oops");
    },
  };
  const vertices = new Map(graph.vertices).set("thing[a]", { ...resource, kind });
  await world.engine().load({ ...graph, vertices });
  await world.clock.pass(10);
  assertEquals(world.did("apply"), ["b"]);
  assertEquals(world.of("failed")[0]?.failure.message, "bug in the kind thing: oops");
});

function loggedDebts(log: string[], left: readonly PendingRefresh[] = []): RefreshStore {
  const done = { ok: true, value: undefined } as const;
  return {
    load: () => ({ ok: true, value: left }),
    add: ({ source, target }) => {
      log.push(`debt ${source} ${target}`);
      return done;
    },
    remove: ({ source, target }) => {
      log.push(`paid ${source} ${target}`);
      return done;
    },
  };
}

Deno.test("a graph that is composed again and is the same is not heard of, and delays no convergence", async () => {
  const world = new EngineWorld();
  const engine = world.engine({ convergedMs: 1000 });
  const graph = () => world.graph({ a: {}, b: {} }, ["a -> b"]);
  await engine.load(graph());
  await world.clock.pass(900);
  const heard = world.events.length;
  await engine.load(graph(), { onlyIfDifferent: true });
  await world.clock.pass(50);
  assertEquals(world.events.slice(heard), []);
  await world.clock.pass(60);
  assertEquals(world.events.slice(heard).map(({ type }) => type), ["converged"]);
  await engine.load(world.graph({ a: {}, b: {} }), { onlyIfDifferent: true });
  const graphs = world.events.filter(({ type }) => type === "graph");
  assertEquals(graphs.length, 2, "one with other edges is");
});
