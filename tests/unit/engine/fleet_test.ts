/** Semaphores of the fleet: asked for only when something is to be changed, and given back after it. */

import { assertEquals } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import type { FleetAsk, FleetLocks } from "../../../src/engine/fleet_locks.ts";
import type { Meta } from "../../../src/kind/meta.ts";
import { EngineWorld } from "../../support/engine_world.ts";

/** Gives places when the test says so. */
class Fleet implements FleetLocks {
  /** What happened, in order: `wants x`, `left x`, `released x`. */
  readonly log: string[] = [];
  readonly #lost = new AbortController();
  readonly #open = new Map<string, () => void>();

  acquire({ name, key }: FleetAsk, signal: AbortSignal, waits: (why: string) => void) {
    this.log.push(`${key} wants ${name}`);
    waits("held by h2");
    return new Promise<ReturnType<Fleet["place"]> | undefined>((resolve) => {
      this.#open.set(name, () => resolve(this.place(name)));
      signal.addEventListener("abort", () => {
        this.log.push(`left ${name}`);
        resolve(undefined);
      });
    });
  }

  place(name: string) {
    return {
      lost: this.#lost.signal,
      failure: () => failure("its place is lost", { code: "place-lost" }),
      release: () => void this.log.push(`released ${name}`),
    };
  }

  /** Gives the one who waits for it a place. */
  give(name: string): void {
    this.#open.get(name)?.();
  }

  loseAll(): void {
    this.#lost.abort();
  }
}

const ONE: Partial<Meta> = { fleet: [{ name: "x", size: 1 }] };

function setUp(options: { noop?: boolean; convergedMs?: number } = {}) {
  const world = new EngineWorld();
  const fleet = new Fleet();
  return { world, fleet, engine: world.engine({ fleet, ...options }) };
}

Deno.test("a place is asked for when there is something to change, and given back when that is done", async () => {
  const { world, fleet, engine } = setUp();
  world.values.set("right", "right");
  await engine.load(world.graph({ right: { meta: ONE }, a: { takesMs: 100, meta: ONE } }));
  await world.clock.pass(5000);
  assertEquals([world.did("apply"), fleet.log], [[], ["thing[a] wants x"]]);
  fleet.give("x");
  await world.clock.pass(50);
  assertEquals(fleet.log.length, 1, "it is held while something is done");
  await world.clock.pass(100);
  assertEquals([world.did("apply"), fleet.log], [["a"], ["thing[a] wants x", "released x"]]);
  assertEquals(world.did("check").filter((name) => name === "a").length, 2, "and after the wait");
});

Deno.test("noop asks for no place", async () => {
  for (const noop of [true, false]) {
    const { world, fleet, engine } = setUp({ noop });
    await engine.load(world.graph({ a: { meta: { ...ONE, noop: !noop } }, b: { meta: ONE } }));
    await world.clock.pass(10);
    assertEquals(world.of("would-change").map(({ key }) => key).includes("thing[a]"), true);
    assertEquals(fleet.log, noop ? [] : ["thing[b] wants x"]);
  }
});

Deno.test("what is right by the time a place is there is not changed, and the place goes back", async () => {
  const { world, fleet, engine } = setUp();
  await engine.load(world.graph({ a: { meta: ONE } }));
  await world.clock.pass(10);
  world.values.set("a", "right");
  fleet.give("x");
  await world.clock.pass(10);
  assertEquals([world.did("apply"), fleet.log.at(-1)], [[], "released x"]);
  assertEquals(world.of("ok").length, 1);
});

Deno.test("a refresh that is owed waits for a place, too", async () => {
  const { world, fleet, engine } = setUp();
  world.values.set("b", "right");
  await engine.load(world.graph({ a: {}, b: { meta: ONE } }, ["a => b"]));
  await world.clock.pass(10);
  assertEquals([world.did("refresh"), fleet.log], [[], ["thing[b] wants x"]]);
  fleet.give("x");
  await world.clock.pass(10);
  assertEquals([world.did("refresh"), fleet.log.at(-1)], [["b"], "released x"]);
});

Deno.test("who waits for a place has not converged, says who holds it, and leaves when the engine stops", async () => {
  const { world, fleet, engine } = setUp({ convergedMs: 1000 });
  await engine.load(world.graph({ a: { meta: ONE } }));
  await world.clock.pass(20_000);
  const [said] = world.of("running");
  assertEquals(said?.vertices.map(({ step, waitsFor }) => [step, waitsFor]), [
    ["wait", "a place in fleet:x:1 (held by h2)"],
  ]);
  assertEquals([world.of("converged"), world.of("settled")], [[], []]);
  assertEquals(engine.working(), [], "nothing that a stop would wait for");
  await engine.stop();
  assertEquals(fleet.log, ["thing[a] wants x", "left x"]);
  assertEquals([world.of("failed"), world.of("aborted"), world.did("apply")], [[], [], []]);
});

Deno.test("when a place is lost what is done under it is ended, and tried again", async () => {
  const { world, fleet, engine } = setUp();
  await engine.load(world.graph({ a: { takesMs: 60_000, meta: ONE } }));
  await world.clock.pass(10);
  fleet.give("x");
  await world.clock.pass(1000);
  fleet.loseAll();
  await world.clock.pass(100);
  const [failed] = world.of("failed");
  assertEquals([failed?.failure.message, failed?.retryMs], ["its place is lost", 1000]);
  assertEquals([world.did("apply"), fleet.log.at(-1)], [[], "released x"]);
  await world.clock.pass(1000);
  assertEquals(fleet.log.at(-1), "thing[a] wants x");
});

Deno.test("places are asked for in the order of their names, and no local semaphore is held meanwhile", async () => {
  const { world, fleet, engine } = setUp();
  const disk = [{ name: "disk", size: 1 }];
  const both = [{ name: "y", size: 1 }, { name: "x", size: 1 }];
  const meta = { sema: disk, fleet: both, timeoutSeconds: 1 };
  await engine.load(world.graph({ a: { meta }, b: { meta: { sema: disk } } }));
  await world.clock.pass(5000);
  assertEquals([world.did("apply"), fleet.log], [["b"], ["thing[a] wants x"]]);
  fleet.give("x");
  await world.clock.pass(5000);
  assertEquals(fleet.log.slice(1), ["thing[a] wants y"]);
  fleet.give("y");
  await world.clock.pass(10);
  assertEquals(world.did("apply"), ["b", "a"]);
  assertEquals(fleet.log.slice(2), ["released x", "released y"]);
  assertEquals(world.of("failed"), [], "the time limit of a pass does not count the wait");
});

Deno.test("who changes too often is left alone without asking for a place", async () => {
  const world = new EngineWorld();
  const fleet = new Fleet();
  const engine = world.engine({ fleet, repairBurst: 1, repairsPerSecond: 0.001 });
  await engine.load(world.graph({ a: { meta: ONE } }));
  await world.clock.pass(10);
  fleet.give("x");
  await world.clock.pass(10);
  world.disturb("a", "wrong");
  await world.clock.pass(10);
  assertEquals([world.of("contested").length, fleet.log.length], [1, 2]);
});
