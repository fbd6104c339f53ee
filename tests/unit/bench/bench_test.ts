import { assert, assertEquals } from "@std/assert";
import { fileGraph, noopGraph, smallFiles } from "../../../scripts/bench/graphs.ts";
import { short, table, verdict } from "../../../scripts/bench/row.ts";
import { inTurns, summarize } from "../../../scripts/bench/statistics.ts";
import { parse } from "@std/yaml";

Deno.test("a summary says median and percentiles, between two values in proportion", () => {
  const values = Array.from({ length: 101 }, (_, i) => 100 - i);
  const { count, min, median, p90, p99, max } = summarize(values);
  assertEquals([count, min, median, p90, p99, max], [101, 0, 50, 90, 99, 100]);
  assertEquals(summarize([1, 2]).median, 1.5);
  assert(Number.isNaN(summarize([]).median));
});

Deno.test("contestants take turns, and their first run is not counted", async () => {
  const order: string[] = [];
  const run = (name: string) => () => order.push(name);
  const values = await inTurns(2, { a: run("a"), b: run("b") });
  assertEquals(order.join(""), "ababab");
  assertEquals(values, { a: [3, 5], b: [4, 6] });
});

Deno.test("a row meets its goal, what it must, or nothing; what was not measured meets nothing", () => {
  const figure = { what: "", measured: "", unit: "", must: 2, goal: 1 };
  const verdicts = [1, 1.5, 2.5, NaN].map((value) => verdict({ ...figure, value }));
  assertEquals(verdicts, ["goal", "must", "NO", "NO"]);
  assertEquals(verdict({ what: "", measured: "", unit: "", value: 9 }), "");
  assertEquals([short(0.0123), short(0.123), short(12.34), short(1234)], [
    "0.012",
    "0.12",
    "12.3",
    "1234",
  ]);
  assert(table([{ ...figure, value: 1 }]).includes("≤ 2"));
});

Deno.test("the graphs of the benchmark say what they are meant to say", () => {
  const files = smallFiles("/there", 5, 2);
  const read = parse(fileGraph(files)) as { resources: { file: typeof files } };
  assertEquals(
    read.resources.file.map(({ path, content }) => ({ path, content })),
    files.map(({ path, content }) => ({ path, content })),
  );
  const noops = parse(noopGraph(3, 4)) as { resources: { noop: unknown[] }; edges: unknown[] };
  assertEquals([noops.resources.noop.length, noops.edges.length], [12, 8]);
});
