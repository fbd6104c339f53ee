/** Metrics are a fold of the events of a run, by kind, and exact. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Engine } from "../../../src/engine/engine.ts";
import { FAMILIES, metricsText } from "../../../src/report/metrics/text.ts";
import type { MetricsSource } from "../../../src/report/metrics/source.ts";
import { RunTotals } from "../../../src/report/metrics/totals.ts";
import { RunState } from "../../../src/report/state.ts";
import { EngineWorld } from "../../support/engine_world.ts";
import { readMetrics, valuesOf } from "../../support/metrics_text.ts";

const START = Date.UTC(2026, 0, 2, 12);
const SEEN = { source: "file", path: "/srv/a", what: "modified" };

/** The metrics of an engine on a clock that the test moves. */
class Counted {
  readonly world = new EngineWorld();
  readonly state = new RunState(() => START + this.world.clock.nowMs());
  readonly noop = new Set<string>();
  readonly totals = new RunTotals((key) => this.noop.has(key));
  readonly engine: Engine;
  #taken = 0;

  constructor(options: Parameters<EngineWorld["engine"]>[0] = {}) {
    this.engine = this.world.engine(options);
  }

  text(more: Partial<MetricsSource> = {}): string {
    for (; this.#taken < this.world.events.length; this.#taken++) {
      const event = this.world.events[this.#taken]!;
      for (const sink of [this.state, this.totals]) sink.event(event);
    }
    return metricsText({
      snapshot: this.state.snapshot,
      totals: this.totals,
      nowMs: START + this.world.clock.nowMs(),
      holds: 0,
      exchange: { exported: 0, collected: 0 },
      ...more,
    });
  }

  values(name: string): Record<string, number> {
    return valuesOf(this.text(), name);
  }
}

const passes = (apply: boolean, eventful: boolean, errorful: boolean) =>
  `{kind="thing",apply="${apply}",eventful="${eventful}",errorful="${errorful}"}`;

Deno.test("metrics: every look and every change is counted once, by how it ended", async () => {
  const counted = new Counted();
  const { world, engine } = counted;
  world.values.set("b", "b");
  world.broken.set("c", "no room");
  await engine.load(world.graph({ a: {}, b: { value: "b" }, c: {} }, []));
  await world.clock.pass(0);
  assertEquals(counted.values("mgmt_checkapply_total"), {
    [passes(true, true, false)]: 1,
    [passes(true, false, false)]: 1,
    [passes(true, false, true)]: 1,
  });
  assertEquals(counted.values("mgmt_failures_total"), {
    '{kind="thing",failure="soft"}': 1,
    '{kind="thing",failure="hard"}': 0,
  });
  assertEquals(counted.values("mgmt_changes_total"), { '{kind="thing",cause="start"}': 1 });
  for (let time = 0; time < 5; time++) {
    world.disturb("a", "wrong", SEEN);
    await world.clock.pass(0);
  }
  world.disturb("b", "b");
  await world.clock.pass(0);
  assertEquals(counted.values("mgmt_checkapply_total"), {
    [passes(true, true, false)]: 6,
    [passes(true, false, false)]: 2,
    [passes(true, false, true)]: 1,
  });
  assertEquals(counted.values("mgmt_changes_total"), {
    '{kind="thing",cause="start"}': 1,
    '{kind="thing",cause="event"}': 5,
  });
  await engine.stop();
});

Deno.test("metrics: a heal takes from the event until it is right again, what was waited for included", async () => {
  const counted = new Counted();
  const { world, engine } = counted;
  await engine.load(world.graph({ a: { takesMs: 40 } }, []));
  await world.clock.pass(100);
  assertEquals(counted.values("mgmt_heal_seconds_count"), {});
  world.disturb("a", "wrong", SEEN);
  await world.clock.pass(100);
  assertEquals(counted.values("mgmt_heal_seconds_sum"), { '{kind="thing"}': 0.04 });
  // What fails at first is healed when it succeeds.
  world.broken.set("a", "no room");
  world.disturb("a", "wrong", SEEN);
  await world.clock.pass(0);
  world.broken.delete("a");
  const { retryMs = 0 } = world.of("failed").at(-1)!;
  await world.clock.pass(retryMs + 40);
  const text = counted.text();
  assertEquals(valuesOf(text, "mgmt_heal_seconds_count"), { '{kind="thing"}': 2 });
  const [sum = 0] = Object.values(valuesOf(text, "mgmt_heal_seconds_sum"));
  assertEquals(sum.toFixed(3), ((40 + retryMs + 40) / 1000).toFixed(3));
  const buckets = valuesOf(text, "mgmt_heal_seconds_bucket");
  assertEquals(buckets['{kind="thing",le="0.025"}'], 0);
  assertEquals(buckets['{kind="thing",le="0.05"}'], 1);
  assertEquals(buckets['{kind="thing",le="+Inf"}'], 2);
  await engine.stop();
});

Deno.test("metrics: an event that no change answers is no heal, and is not counted with the next one", async () => {
  const counted = new Counted();
  const { world, engine } = counted;
  await engine.load(world.graph({ a: {} }, []));
  await world.clock.pass(0);
  world.watchers.get("a")?.(SEEN);
  await world.clock.pass(5000);
  world.disturb("a", "wrong", SEEN);
  await world.clock.pass(0);
  assertEquals(counted.values("mgmt_heal_seconds_sum"), { '{kind="thing"}': 0 });
  assertEquals(counted.values("mgmt_heal_seconds_count"), { '{kind="thing"}': 1 });
  await engine.stop();
});

Deno.test("metrics: gauges follow a graph that changes, and totals stay", async () => {
  const counted = new Counted();
  const { world, engine } = counted;
  world.values.set("b", "b");
  await engine.load(world.graph({ a: {}, b: { value: "b" } }, []));
  await world.clock.pass(0);
  assertEquals(counted.values("mgmt_resources"), { '{kind="thing"}': 2 });
  assertEquals(counted.values("mgmt_resources_total"), { '{kind="thing"}': 2 });
  assertEquals(counted.values("mgmt_resources_compliant"), { '{kind="thing"}': 1 });
  await engine.load(world.graph({ b: { value: "b" } }, []));
  await world.clock.pass(0);
  assertEquals(counted.values("mgmt_resources"), { '{kind="thing"}': 1 });
  assertEquals(counted.values("mgmt_resource_states")['{kind="thing",state="ok"}'], 1);
  await engine.load(world.graph({}, []));
  await world.clock.pass(0);
  assertEquals(counted.values("mgmt_resources"), {});
  assertEquals(counted.values("mgmt_resource_states"), {});
  assertEquals(counted.values("mgmt_changes_total"), { '{kind="thing",cause="start"}': 1 });
  assertEquals(counted.values("mgmt_graphs_total"), { "": 3 });
  await engine.stop();
});

Deno.test("metrics: what is right without a change is compliant until it is changed", async () => {
  const counted = new Counted();
  const { world, engine } = counted;
  world.values.set("a", "right");
  await engine.load(world.graph({ a: {} }, []));
  await world.clock.pass(0);
  const compliant = () => Object.values(counted.values("mgmt_resources_compliant"));
  assertEquals(compliant(), [1]);
  world.disturb("a", "wrong", SEEN);
  await world.clock.pass(0);
  assertEquals(compliant(), [0]);
  await engine.stop();
});

Deno.test("metrics: noop looks, and is counted as that", async () => {
  const counted = new Counted({ noop: true });
  const { world, engine } = counted;
  counted.noop.add("thing[b]");
  world.values.set("b", "b");
  await engine.load(world.graph({ a: {}, b: { value: "b" } }, []));
  await world.clock.pass(0);
  assertEquals(counted.values("mgmt_checkapply_total"), {
    [passes(false, true, false)]: 1,
    [passes(false, false, false)]: 1,
  });
  assertEquals(counted.values("mgmt_changes_total"), {});
  assertEquals(
    counted.values("mgmt_resource_states")['{kind="thing",state="would-change"}'],
    1,
  );
  await engine.stop();
});

Deno.test("metrics: what somebody else keeps changing is contested, and what an operator holds is held", async () => {
  const held = new Map<string, { untilMs: number }>();
  const counted = new Counted({
    repairBurst: 2,
    repairsPerSecond: 0.001,
    holds: {
      of: (key) =>
        held.has(key) ? { reason: "r", author: "a", sinceMs: 0, ...held.get(key)! } : undefined,
    },
  });
  const { world, engine } = counted;
  await engine.load(world.graph({ a: {}, b: {} }, []));
  await world.clock.pass(0);
  for (let time = 0; time < 2; time++) {
    world.disturb("a", "wrong", SEEN);
    await world.clock.pass(0);
  }
  held.set("thing[b]", { untilMs: 1e9 });
  world.disturb("b", "wrong", SEEN);
  await world.clock.pass(0);
  assertEquals(counted.values("mgmt_contested_total"), { '{kind="thing"}': 1 });
  const states = counted.values("mgmt_resource_states");
  assertEquals(states['{kind="thing",state="contested"}'], 1);
  assertEquals(states['{kind="thing",state="held"}'], 1);
  assertEquals(counted.values("mgmt_checkapply_total"), {
    [passes(true, true, false)]: 3,
    [passes(false, true, false)]: 2,
  });
  await engine.stop();
});

Deno.test("metrics: no name of a resource stands in them, and each family says what it is", async () => {
  const counted = new Counted();
  const { world, engine } = counted;
  await engine.load(world.graph({ "odd-name": {} }, []));
  await world.clock.pass(0);
  const text = counted.text({
    journal: { entries: 5, bytes: 4096, limitBytes: 9000, lost: 1 },
    store: { databaseBytes: 1, inUseBytes: 1, quotaBytes: 5, lag: 0 },
  });
  assertEquals(text.includes("odd-name"), false);
  assertEquals(valuesOf(text, "mgmt_journal_lost_total"), { "": 1 });
  assertEquals(valuesOf(text, "mgmt_store_quota_bytes"), { "": 5 });
  const names = FAMILIES.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const { name, help, type } of FAMILIES) {
    assertMatch(name, /^mgmt_[a-z_]+$/);
    assertMatch(help, /^[A-Z1F].*\.$/);
    assertEquals(name.endsWith("_total"), type === "counter" || name === "mgmt_resources_total");
  }
  for (const name of readMetrics(text).keys()) {
    const base = name.replace(/\{.*/, "");
    assert(names.includes(base) || names.includes(base.replace(/_(bucket|sum|count)$/, "")), base);
  }
  await engine.stop();
});

Deno.test("metrics: a label's text is escaped as the format wants it", () => {
  const state = new RunState(() => START);
  state.event({ type: "start", version: 'a"b\\c\nd', startedNs: "0", file: "f" });
  const text = metricsText({
    snapshot: state.snapshot,
    totals: new RunTotals(() => false),
    nowMs: START,
    holds: 0,
    exchange: { exported: 0, collected: 0 },
  });
  assert(text.includes('mgmt_build_info{version="a\\"b\\\\c\\nd"} 1\n'));
});
