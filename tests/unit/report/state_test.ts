import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { failure } from "../../../src/base/result.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { RunState, type Snapshot } from "../../../src/report/state.ts";
import { EngineWorld } from "../../support/engine_world.ts";

const START = Date.UTC(2026, 0, 2, 12);

/** A state that hears of an engine, on a clock that the test moves. */
class Told {
  readonly world = new EngineWorld();
  readonly state = new RunState(() => START + this.world.clock.nowMs());
  readonly engine: Engine;
  #taken = 0;

  constructor(options: Parameters<EngineWorld["engine"]>[0] = {}) {
    this.engine = this.world.engine(options);
  }

  /** How things are after all that was said so far. */
  get now() {
    for (; this.#taken < this.world.events.length; this.#taken++) {
      this.state.event(this.world.events[this.#taken]!);
    }
    return this.state.snapshot;
  }

  /** The states by name. */
  get states(): Record<string, string> {
    return Object.fromEntries(
      [...this.now.resources].map(([key, { state }]) => [key.slice(6, -1), state]),
    );
  }
}

Deno.test("each resource has its state, since when, its last change and its last failure", async () => {
  const told = new Told();
  const { world, engine } = told;
  world.broken.set("b", "no room");
  await engine.load(world.graph({ a: {}, b: {}, c: {} }, ["b -> c"]));
  await world.clock.pass(0);
  assertEquals(told.states, { a: "ok", b: "failed", c: "blocked" });
  assertEquals(told.now.recap, engine.recap());
  assertEquals(told.now.resources.get("thing[c]")?.blockedBy, "thing[b]");
  const failed = told.now.resources.get("thing[b]");
  assertEquals(failed?.failure?.message, "no room");
  assertEquals(failed?.failedAtMs, START);
  assertEquals(failed?.retryAtMs !== undefined && failed.retryAtMs > START, true);
  assertEquals(told.now.resources.get("thing[a]")?.changedAtMs, START);

  world.broken.delete("b");
  await world.clock.pass(5000);
  assertEquals(told.states, { a: "ok", b: "ok", c: "ok" });
  const mended = told.now.resources.get("thing[b]");
  assertEquals(mended?.failure?.message, "no room");
  assertEquals(mended?.retryAtMs, undefined);
  assertEquals(mended?.sinceMs, mended?.changedAtMs);
  assertEquals(told.now.settled, true);

  const { sinceMs } = told.now.resources.get("thing[a]")!;
  world.disturb("a", "wrong");
  await world.clock.pass(1000);
  const healed = told.now.resources.get("thing[a]");
  assertEquals(healed?.sinceMs, sinceMs);
  assertEquals(healed?.change, "wrong → right");
  assertEquals(healed?.changedAtMs !== undefined && healed.changedAtMs > sinceMs, true);
  await engine.stop();
});

Deno.test("how far a resource is is known until it is done", async () => {
  const { world, engine, state } = new Told();
  await engine.load(world.graph({ a: {} }));
  const at = () => state.snapshot.resources.get("thing[a]")?.progress;
  for (const event of world.events.splice(0)) state.event(event);
  state.event({ type: "progress", key: "thing[a]", text: "downloading, 40 %", percent: 40 });
  assertEquals(at(), { text: "downloading, 40 %", percent: 40 });
  state.event({ type: "progress", key: "thing[a]" });
  assertEquals(at(), undefined);
  state.event({ type: "progress", key: "thing[a]", text: "half way" });
  state.event({ type: "progress", key: "thing[gone]", text: "nobody asks" });
  state.event({ type: "ok", key: "thing[a]" });
  assertEquals(at(), undefined);
});

Deno.test("a swap forgets who left, begins anew with who was changed, and keeps the others", async () => {
  const told = new Told();
  const { world, engine } = told;
  await engine.load(world.graph({ a: {}, b: {}, c: {} }, []));
  await world.clock.pass(0);
  const kept = told.now.resources.get("thing[a]");
  await engine.load(world.graph({ d: {}, a: {}, b: { takesMs: 50 } }, []));
  assertEquals(Object.keys(told.states), ["d", "a", "b"]);
  assertEquals(told.now.resources.get("thing[a]"), kept);
  assertEquals(told.now.unchecked, 0);
  await world.clock.pass(100);
  assertEquals(told.now.recap, engine.recap());
  assertEquals(told.now.graph?.vertices, 3);
  // What is collected comes and goes in the same way, also all of it.
  await engine.load(world.graph({}, []), { onlyIfDifferent: true });
  assertEquals(told.now.recap, engine.recap());
  assertEquals(told.now.resources.size, 0);
  await engine.load(world.graph({ a: {} }, []), { onlyIfDifferent: true });
  await world.clock.pass(10);
  assertEquals(told.states, { a: "ok" });
  assertEquals(told.now.recap, engine.recap());
  await engine.stop();
});

Deno.test("what is held back stays so when it has failed or was changed in between", async () => {
  const told = new Told();
  const { world, engine } = told;
  world.holding.set("a", "who offers is not known");
  world.values.set("a", "right");
  await engine.load(world.graph({ a: {} }, []));
  await world.clock.pass(0);
  assertEquals(told.states, { a: "blocked" });
  assertEquals(told.now.resources.get("thing[a]")?.reason, "who offers is not known");
  world.disturb("a", "wrong");
  await world.clock.pass(0);
  assertEquals([told.states, told.now.recap], [{ a: "blocked" }, engine.recap()]);
  world.broken.set("a", "no");
  world.disturb("a", "wrong");
  await world.clock.pass(0);
  assertEquals(told.states, { a: "failed" });
  world.broken.delete("a");
  world.disturb("a", "right");
  await world.clock.pass(0);
  assertEquals([told.states, told.now.recap], [{ a: "blocked" }, engine.recap()]);
  assertEquals(world.of("held-back").filter(({ again }) => !again).length, 1, "people hear once");
  world.holding.clear();
  world.disturb("a", "right");
  await world.clock.pass(0);
  assertEquals([told.states, told.now.recap], [{ a: "ok" }, engine.recap()]);
  await engine.stop();
});

Deno.test("with noop nothing has changed, and what would is named", async () => {
  const told = new Told({ noop: true });
  const { world, engine } = told;
  await engine.load(world.graph({ a: {} }, []));
  await world.clock.pass(0);
  assertEquals(told.states, { a: "would-change" });
  assertEquals(told.now.recap, engine.recap());
  assertEquals(told.now.resources.get("thing[a]")?.reason, "undefined → right");
  assertEquals(told.now.resources.get("thing[a]")?.changedAtMs, undefined);
  await engine.stop();
});

Deno.test("what a run was stays known when it ends and all of it exits", async () => {
  const told = new Told();
  const { world, engine } = told;
  await engine.load(world.graph({ a: {}, b: {} }, []));
  await world.clock.pass(0);
  void told.now;
  told.state.event({ type: "stopping", why: "", working: [] });
  await engine.stop();
  assertEquals(told.states, { a: "ok", b: "ok" });
  assertEquals(told.now.recap, engine.recap());
  assertEquals(told.now.phase, "stopping");
});

/** What is counted along of things, and the same looked at one by one. */
function countedByKind({ kinds }: Snapshot): object {
  const { states = {}, resources = 0, compliant = 0 } = kinds().get("thing") ?? {};
  const present = Object.entries(states).filter(([, count]) => count !== 0);
  return { states: Object.fromEntries(present), resources, compliant, kinds: kinds().size };
}

function countedOneByOne({ resources }: Snapshot): object {
  const states: Record<string, number> = {};
  let compliant = 0;
  for (const { state, changedAtMs } of resources.values()) {
    states[state] = (states[state] ?? 0) + 1;
    if (state === "ok" && changedAtMs === undefined) compliant++;
  }
  return { states, resources: resources.size, compliant, kinds: Math.min(1, resources.size) };
}

Deno.test("whatever happens, the counts are the engine's", async () => {
  const things = fc.record({
    names: fc.subarray(["a", "b", "c", "d", "e"]),
    edges: fc.subarray(["a -> b", "b ~> c", "a ~> d", "c -> e"]),
    takesMs: fc.nat(3),
  });
  const step = fc.oneof(
    things.map((graph) => ({ type: "load", ...graph } as const)),
    fc.constantFrom("a", "b", "c").map((name) => ({ type: "disturb", name } as const)),
    fc.constantFrom("a", "b", "d").map((name) => ({ type: "break", name } as const)),
    fc.constantFrom("a", "b", "d").map((name) => ({ type: "mend", name } as const)),
    fc.constantFrom("a", "c").map((name) => ({ type: "hold", name } as const)),
    fc.constantFrom("a", "c").map((name) => ({ type: "free", name } as const)),
    fc.nat(2000).map((ms) => ({ type: "pass", ms } as const)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.boolean(), async (steps, noop) => {
      const told = new Told({ noop, repairBurst: 3 });
      const { world, engine } = told;
      for (const each of steps) {
        if (each.type === "load") {
          const { takesMs } = each;
          const values = Object.fromEntries(each.names.map((name) => [name, { takesMs }]));
          const edges = each.edges.filter((edge) =>
            edge.split(/ [-~]> /).every((name) => each.names.includes(name))
          );
          const loaded = engine.load(world.graph(values, edges));
          await world.clock.pass(5);
          await loaded;
        } else if (each.type === "disturb") world.disturb(each.name, "wrong");
        else if (each.type === "hold") world.holding.set(each.name, "not known");
        else if (each.type === "free") world.holding.delete(each.name);
        else if (each.type === "break") world.broken.set(each.name, "no");
        else if (each.type === "mend") world.broken.delete(each.name);
        else await world.clock.pass(each.ms);
        assertEquals(told.now.recap, { ...engine.recap() });
        assertEquals(countedByKind(told.now), countedOneByOne(told.now));
      }
      const stopped = engine.stop();
      await world.clock.pass(10);
      await stopped;
    }),
    { numRuns: 60 },
  );
});

Deno.test("of the run the snapshot knows the file, its mistakes, and how it ended", () => {
  const state = new RunState(() => START);
  const after = (event: ReportEvent) => {
    state.event(event);
    return { ...state.snapshot };
  };
  assertEquals(state.snapshot.phase, "starting");
  const begun = after({ type: "start", version: "1", startedNs: "0", file: "g.yaml" });
  assertEquals([begun.file, begun.startedAtMs], ["g.yaml", START]);
  const bad = { type: "diagnostics", text: "", errors: 1, warnings: 0, keepsOld: true } as const;
  assertEquals(after({ ...bad, errors: 0, warnings: 1 }).refused, false);
  assertEquals(after(bad).refused, true);
  assertEquals(after({ type: "good-again", file: "g.yaml" }).refused, false);
  const recap = state.snapshot.recap;
  const rest = { failed: [], contested: [], blocked: [] };
  const end = after({ type: "stop", exitCode: 4, recap, ...rest });
  assertEquals([end.phase, end.exitCode], ["stopped", 4]);
});

Deno.test("contact that is lost twice is lost since the second time", () => {
  const state = new RunState(() => START);
  const lost = (since: string): ReportEvent => ({
    type: "cluster",
    what: "contact-lost",
    since,
    forMs: 5000,
    isFirst: false,
    etcdRuns: false,
    uses: { collects: false },
    isSaid: false,
  });
  const { cluster } = state.snapshot;
  assertEquals(cluster.contact, "unknown");
  state.event(lost("2026-01-02T03:04:05.000Z"));
  assertEquals([cluster.contact, cluster.lostSinceMs], ["lost", Date.UTC(2026, 0, 2, 3, 4, 5)]);
  const away = { id: "1", host: "b", clientUrls: ["http://b:2379"], learner: false };
  state.event({ type: "cluster", what: "majority-away", missing: [away], voters: 3, needed: 2 });
  assertEquals(cluster.missing, [away]);
  state.event({ type: "cluster", what: "contact-back", forMs: 9000 });
  assertEquals([cluster.contact, cluster.lostSinceMs, cluster.missing], ["there", undefined, []]);
  state.event(lost("2026-01-02T03:05:00.000Z"));
  assertEquals(cluster.lostSinceMs, Date.UTC(2026, 0, 2, 3, 5));
  state.event({ type: "cluster", what: "outcast", failure: failure("taken") });
  assertEquals(cluster.outcast?.message, "taken");
  state.event({ type: "cluster", what: "part-ended" });
  assertEquals([cluster.contact, cluster.outcast?.message], ["unknown", "taken"]);
});

Deno.test("what a host did last as the leader, and why, is known as long as it leads", () => {
  let nowMs = START;
  const state = new RunState(() => nowMs);
  const { cluster } = state.snapshot;
  const decided = (reason: string) =>
    state.event({ type: "cluster", what: "decided", action: "begin", reason } as ReportEvent);
  assertEquals(cluster.decided, undefined);
  decided("h2 becomes a member");
  nowMs += 5000;
  decided("h2 gets a vote");
  assertEquals(cluster.decided, { reason: "h2 gets a vote", atMs: START + 5000 });
  state.event({ type: "cluster", what: "leads-no-longer" });
  assertEquals(cluster.decided, undefined);
});
