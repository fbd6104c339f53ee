/** What vertices that are not right are known to lack, for whoever asks. */

import { assertEquals } from "@std/assert";
import type { Engine } from "../../../src/engine/engine.ts";
import { unmetOf } from "../../../src/engine/unmet.ts";
import { EngineWorld } from "../../support/engine_world.ts";

function reasons(engine: Engine): Record<string, string | undefined> {
  return Object.fromEntries(
    [...engine.vertices].map(([key, { unmet }]) => [key.slice(6, -1), unmet?.reason]),
  );
}

Deno.test("unmet: what would fail is known to differ until it is put right, and what is right lacks nothing", async () => {
  const world = new EngineWorld();
  const engine = world.engine();
  world.refused.set("a", "no room");
  await engine.load(world.graph({ a: { value: "x" }, b: { value: "y" } }, []));
  await world.clock.pass(0);
  assertEquals(reasons(engine), { a: "undefined → x", b: undefined });
  // It cannot even be looked at: nothing is known.
  world.broken.set("a", "gone");
  await world.clock.pass(10_000);
  assertEquals(reasons(engine), { a: undefined, b: undefined });
  world.broken.delete("a");
  world.refused.delete("a");
  await world.clock.pass(60_000);
  assertEquals(reasons(engine), { a: undefined, b: undefined });
  assertEquals(world.values.get("a"), "x");
  await engine.stop();
});

Deno.test("unmet: with noop, and while it is contested, what is different is known", async () => {
  const world = new EngineWorld();
  const engine = world.engine({ noop: true });
  await engine.load(world.graph({ a: { value: "x" } }, []));
  await world.clock.pass(0);
  assertEquals(reasons(engine), { a: "undefined → x" });
  await engine.stop();

  const fought = new EngineWorld();
  const braked = fought.engine({ repairBurst: 1, repairsPerSecond: 0.01 });
  await braked.load(fought.graph({ a: { value: "x" } }, []));
  await fought.clock.pass(0);
  assertEquals(reasons(braked), { a: undefined });
  fought.disturb("a", "mine");
  await fought.clock.pass(0);
  assertEquals(reasons(braked), { a: "mine → x" });
  await braked.stop();
});

Deno.test("unmet: however much is different, few short lines of it are kept", () => {
  const lines = Array.from({ length: 1000 }, () => "+".repeat(1000));
  const kept = unmetOf({ type: "contested", reason: "r".repeat(1000), difference: lines });
  assertEquals([kept?.reason.length, kept?.lines.length], [201, 21]);
  assertEquals(kept?.lines.at(-1), "… and 980 more lines");
  assertEquals(Math.max(...kept!.lines.map(({ length }) => length)), 201);
});
