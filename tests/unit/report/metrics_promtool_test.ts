/** What Prometheus itself says of the metrics, and of the rules in examples/. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BOUNDS_SECONDS } from "../../../src/report/metrics/histogram.ts";
import { FAMILIES, metricsText } from "../../../src/report/metrics/text.ts";
import { RunTotals } from "../../../src/report/metrics/totals.ts";
import { RunState } from "../../../src/report/state.ts";
import { repositoryFile } from "../../support/program.ts";
import { PROMTOOL, promtool } from "../../support/promtool.ts";

const EXAMPLES = repositoryFile("examples/monitoring");
const ignore = PROMTOOL === "";

/** The text in which every metric has a value. */
function fullText(): string {
  const sinks = [new RunState(() => 1000), new RunTotals(() => false)] as const;
  const keys = ["file[/a]", "exec[b]"];
  const counts = { added: 2, changed: 0, removed: 0, kept: 0, seed: 1, automatic: 0 };
  const changed = { type: "changed", reason: "r", tookMs: 1, worldless: false } as const;
  for (const sink of sinks) {
    sink.event({ type: "start", version: "1.0", startedNs: "0", file: "g.yaml" });
    sink.event({
      ...{ type: "graph", name: "g", vertices: 2, edges: 1, ...counts, keys: () => keys },
    });
    sink.event({ type: "ok", key: keys[1]! });
    for (const bound of BOUNDS_SECONDS) {
      sink.event({ ...changed, key: keys[0]!, sinceHeardMs: bound * 1000 });
    }
    sink.event({
      ...{ type: "cluster", what: "membership", phase: "voter", leader: "h", clusterId: "c" },
      members: [{ id: "1", host: "h", clientUrls: [], learner: false }],
    });
  }
  const [state, totals] = sinks;
  return metricsText({
    ...{ snapshot: state.snapshot, totals, nowMs: 2000, holds: 1 },
    events: { readers: 1, dropped: 0 },
    exchange: { exported: 1, collected: 1 },
    journal: { entries: 1, bytes: 4096, limitBytes: 8192, lost: 0 },
    store: { databaseBytes: 1, inUseBytes: 1, quotaBytes: 1, lag: 1 },
  });
}

Deno.test("metrics: the test of what Prometheus reads has a value for every one of them", () => {
  const text = fullText();
  const typed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
  assertEquals(typed, FAMILIES.map(({ name, type }) => [name, type]));
});

Deno.test({
  name: "metrics: promtool takes them without a remark",
  ignore,
  fn: async () => {
    assertEquals(await promtool(["check", "metrics"], fullText()), "");
    const odd = "# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n";
    assertStringIncludes(await promtool(["check", "metrics"], odd), "a_total");
  },
});

Deno.test({
  name: "metrics: promtool takes the rules and the settings of examples/",
  ignore,
  fn: async () => {
    assertEquals(await promtool(["check", "rules", `${EXAMPLES}/alerts.yml`]), "");
    assertEquals(await promtool(["check", "config", `${EXAMPLES}/prometheus.yml`]), "");
  },
});

Deno.test("metrics: the rules of examples/ name metrics that exist, with labels that they have", () => {
  const rules = Deno.readTextFileSync(`${EXAMPLES}/alerts.yml`);
  const used = [...rules.matchAll(/\b(mgmt_[a-z_]+)(?:\{([^}]*)\})?/g)];
  assert(used.length >= 12);
  for (const [, name = "", selector = ""] of used) {
    const family = FAMILIES.find((each) =>
      each.name === name ||
      (each.type === "histogram" && /^_(bucket|sum|count)$/.test(name.slice(each.name.length)) &&
        name.startsWith(each.name))
    );
    assert(family !== undefined, `there is no ${name}`);
    for (const [, label = ""] of selector.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)) {
      assert(family.labels?.includes(label), `${name} has no label ${label}`);
    }
  }
});
