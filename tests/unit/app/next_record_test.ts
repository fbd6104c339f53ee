/** What a run makes of the record of what was managed before. */

import { assertEquals } from "@std/assert";
import {
  type ManagedRecord,
  parseRecord,
  recordText,
  stampOf,
} from "../../../src/app/managed/managed_record.ts";
import { nextRecord } from "../../../src/app/managed/next_record.ts";
import { LIMITS } from "../../../src/base/limits.ts";
import { loadText } from "../../support/load_text.ts";
import { registry } from "../../../src/resources/registry.ts";

/** Records of graphs that follow each other, at the times 1, 2, … */
class Runs {
  record: ManagedRecord | undefined;
  #count = 0;

  async graph(
    resources: string,
    { collected = [], isComplete = true }: { collected?: string[]; isComplete?: boolean } = {},
  ): Promise<void> {
    const options = { file: "g", directory: "/", registry };
    const outcome = await loadText(`graph: g\nresources: {${resources}}\n`, options);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    this.record = nextRecord(this.record, {
      source: "/g",
      at: String(++this.#count),
      resources: outcome.loaded.graph.vertices.values(),
      collected: new Set(collected),
      isComplete,
      places: new Map(),
    });
  }

  /** Things with since when, and orphans with until when as well. */
  get state() {
    const { entries = [], orphans = [] } = this.record ?? {};
    return [
      entries.map(({ kind, identity, since }) => `${kind} ${identity} ${since}`).sort(),
      orphans.map(({ kind, identity, since, left }) => `${kind} ${identity} ${since}-${left}`)
        .sort(),
    ];
  }
}

const [A, B] = ["{name: /a, content: x}", "{name: /b, content: x}"];

Deno.test("what leaves the graph is an orphan until it is there again, by whatever name", async () => {
  const runs = new Runs();
  await runs.graph(`file: [${A}, ${B}]`);
  assertEquals(runs.state, [["file /a 1", "file /b 1"], []]);
  await runs.graph(`file: [${A}, {name: b, path: /b, content: y}]`);
  assertEquals(runs.state, [["file /a 1", "file /b 1"], []]);
  await runs.graph(`file: [${A}]`);
  assertEquals(runs.state, [["file /a 1"], ["file /b 1-3"]]);
  await runs.graph("");
  assertEquals(runs.state, [[], ["file /a 1-4", "file /b 1-3"]]);
  await runs.graph(`file: [{name: b, path: /b, content: y}]`);
  assertEquals(runs.state, [["file /b 1"], ["file /a 1-4"]]);
});

Deno.test("what is to be absent is managed and leaves nothing, and what is only looked at neither", async () => {
  const runs = new Runs();
  await runs.graph(`file: [${A}, ${B}], user: [{name: u}], exec: [{name: e, cmd: "true"}]`);
  assertEquals(runs.state, [["file /a 1", "file /b 1", "user u 1"], []]);
  const noop = `file: [{name: /a, state: absent}, {name: /b, content: x, meta: {noop: true}},
    {name: /c, content: x, meta: {noop: true}}], user: [{name: u, state: absent}]`;
  await runs.graph(noop);
  assertEquals(runs.state, [["file /b 1"], []]);
  await runs.graph("");
  assertEquals(runs.state, [[], ["file /b 1-3"]]);
});

Deno.test("what was collected is an orphan only when all is known that there is", async () => {
  const runs = new Runs();
  const own = `file: [${A}, {name: h2/m, path: /m, content: x}]`;
  await runs.graph(own, { collected: ["file[h2/m]"] });
  assertEquals(runs.record?.entries.map(({ host }) => host), [undefined, "h2"]);
  await runs.graph("", { isComplete: false });
  assertEquals(runs.state, [["file /m 1"], ["file /a 1-2"]]);
  await runs.graph("", { isComplete: true });
  assertEquals(runs.state, [[], ["file /a 1-2", "file /m 1-3"]]);
});

Deno.test("every kind that changes a host says what it leaves, and of what", async () => {
  const runs = new Runs();
  await runs.graph(`
    file: [{name: /d/}], line: [{name: l, path: /l, line: x}], pkg: [{name: p}], svc: [{name: s}],
    mount: [{name: /m, device: tmpfs, type: tmpfs}], user: [{name: u}], group: [{name: g}],
    hostname: [{name: h}], sysctl: [{name: net.ipv4.ip_forward, value: 1}],
    cron: [{name: c, schedule: hourly, command: x}]`);
  const said = runs.record?.entries.map(({ kind, remains: { at } }) => `${kind} ${at}`).sort();
  assertEquals(said, [
    "cron path",
    "file path",
    "group group",
    "hostname path",
    "line inside",
    "mount mount",
    "pkg elsewhere",
    "svc elsewhere",
    "sysctl path",
    "user user",
  ]);
  const others = [...registry.values()].filter(({ remains }) => remains === undefined);
  assertEquals(others.map(({ kind }) => kind), ["exec", "timer", "noop", "probe", "msg", "value"]);
});

Deno.test("orphans beyond the limit go, those first that left first", () => {
  const at = (count: number) => String(count).padStart(6, "0");
  const remains = { at: "elsewhere" } as const;
  const orphans = Array.from({ length: LIMITS.orphans + 3 }, (_, count) => {
    const identity = at(count);
    return { kind: "file", name: identity, identity, remains, since: at(count), left: at(count) };
  });
  const before = { source: "/g", at: "0", entries: [], orphans };
  const now = { source: "/g", at: "9", resources: [], collected: new Set<string>() };
  const next = nextRecord(before, { ...now, isComplete: true, places: new Map() });
  assertEquals([next.orphans.length, next.orphans[0]?.identity], [LIMITS.orphans, at(3)]);
});

Deno.test("a record is read as it was written, and what is none counts as none", async () => {
  const runs = new Runs();
  await runs.graph(`file: [${A}, ${B}]`);
  await runs.graph(`file: [${A}]`);
  const text = recordText(runs.record!, { written: "w", collected: "" });
  assertEquals(parseRecord(text), runs.record);
  assertEquals(stampOf(text), { written: "w", collected: "" });
  const spoilt = [
    "",
    text.slice(0, -20),
    text.replace("managed-1", "managed-0"),
    text.slice(text.indexOf("\n")),
    text.replace('"identity":"/a"', '"identity":3'),
    text.replace('"orphans":[', '"orphans":[3,'),
    "mgmt-managed-1 a b\nnull",
  ];
  for (const each of spoilt) assertEquals(parseRecord(each), undefined, each);
});
