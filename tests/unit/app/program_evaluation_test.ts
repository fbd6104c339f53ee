/** What a program evaluates to, and when it is evaluated again. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { JsonValue } from "../../../src/base/input.ts";
import {
  inputOf,
  type ProgramDirectory,
  programDirectory,
  programText,
} from "../../support/program_directory.ts";

/** What a program says, as a graph file would. */
async function valueOf(directory: ProgramDirectory): Promise<unknown> {
  const reading = await directory.read();
  if (reading === "same") return "same";
  assertEquals(reading.text, "");
  return reading.value;
}

Deno.test("functions, edges, collect and exports say what a graph file would", async () => {
  await using directory = await programDirectory({
    "ports.toml": "[web]\nport = 80\n",
    "motd.txt": "hello\n",
    "lib/more.json": '{"b": [1]}',
    "site.ts": `import { collect, exec, file, line, noop, program } from "mgmt";
import more from "./lib/more.json" with { type: "json" };
export default program(({ read, data }) => {
  const all = collect({ kind: "file", pattern: "/tmp/c/" });
  const a = noop("a");
  const b = noop("b", { before: undefined, meta: { noop: true } });
  exec("run", { cmd: "true", require: [a, [b, all]], notify: { kind: "noop", name: "c" } });
  noop("c", { subscribe: a });
  file("/e", { content: read("motd.txt") + data("ports.toml").web.port + more.b, export: true });
  line("y", { path: "/etc/x", line: "y", before: "^z" });
});
`,
  });
  const value = await valueOf(directory);
  const edge = (from: unknown, to: unknown) => ({ from, to });
  const [a, b, c, run] = [["noop", "a"], ["noop", "b"], ["noop", "c"], ["exec", "run"]]
    .map(([kind, name]) => ({ kind, name }));
  assertEquals(value, {
    graph: "site",
    resources: {
      noop: [{ name: "a" }, { name: "b", meta: { noop: true } }, { name: "c" }],
      exec: [{ name: "run", cmd: "true" }],
      file: [{ name: "@@/e", content: "hello\n801" }],
      line: [{ name: "y", path: "/etc/x", line: "y", before: "^z" }],
    },
    edges: [
      edge(a, run),
      edge(b, run),
      edge({ collect: "collect 1" }, run),
      { from: run, to: c, notify: true },
      { from: a, to: c, notify: true },
    ],
    collect: [{ id: "collect 1", kind: "file", pattern: "/tmp/c/" }],
  });
});

Deno.test("what a module keeps from one evaluation to the next is a mistake where that is asked", async () => {
  await using directory = await programDirectory({
    "lib/count.ts": "// count\nlet count = 0;\nexport const next = () => ++count;\n",
    "site.ts": `import { noop, program } from "mgmt";
import { next } from "./lib/count.ts";
export default program(() => { noop("n" + next()); });
`,
  }, { checksState: true });
  const said = await directory.mistakes();
  assertStringIncludes(said, "lib/count.ts:2:5: error: evaluated once more with the same inputs");
  assertStringIncludes(said, "keep something between evaluations: count");
});

Deno.test("only what was read counts, also that something was not there", async () => {
  const facts: Record<string, JsonValue> = { name: "a", labels: { role: "web" }, cpus: 2 };
  await using directory = await programDirectory({
    "in.json": '{"a": 1, "b": 2}',
    "site.ts": programText(
      `  noop(host.name + ("rack" in host.labels) + (host.labels.site ?? "") + data("in.json").a);`,
    ),
  }, { sources: () => Promise.resolve({ host: inputOf(() => facts) }) });
  const nameNow = async () => {
    const value = await valueOf(directory);
    if (value === "same") return value;
    return (value as { resources: { noop: { name: string }[] } }).resources.noop[0]?.name;
  };
  assertEquals(await nameNow(), "afalse1");
  facts["cpus"] = 3;
  facts["labels"] = { role: "db" };
  await directory.write({ "in.json": '{"b": 3, "a": 1}' });
  assertEquals(await nameNow(), "same");
  facts["labels"] = { site: "x" };
  assertEquals(await nameNow(), "afalsex1");
  facts["labels"] = { site: "x", rack: "1" };
  assertEquals(await nameNow(), "atruex1");
  await directory.write({ "in.json": '{"a": 2}' });
  assertEquals(await nameNow(), "atruex2");
  await Deno.remove(`${directory.path}/in.json`);
  assertStringIncludes(await directory.mistakes(), "DIR/in.json does not exist");
  assertEquals(await nameNow(), "same");
  await directory.write({ "in.json": '{"a": 4}' });
  assertEquals(await nameNow(), "atruex4");
});

/** A program of operations: the same for the child and for the test. */
const RUN = `(host, operations) => {
  const at = (path) => path.reduce((value, key) =>
    typeof value === "object" && value !== null ? value[key] : undefined, host);
  const out = [];
  for (const [what, path, key] of operations) {
    const value = at(path);
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    if (what === "get") out.push(JSON.stringify(value) ?? "nothing");
    else if (what === "keys") out.push(isMap ? Object.keys(value).join() : "none");
    else if (what === "has") out.push(isMap && key in value);
    else if (value) break;
  }
  return out.join(";");
}`;

/** The same without a prototype, as inputs have none. */
function bare(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value),
    (_key, each) =>
      typeof each === "object" && each !== null && !Array.isArray(each)
        ? Object.assign(Object.create(null), each)
        : each,
  );
}

type Operation = readonly [what: string, path: readonly string[], key: string];

const keys = fc.constantFrom("labels", "os", "a", "b", "constructor", "__proto__", "length");
const json: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, 0, "", "x", [], ["x", { a: 1 }]),
  fc.dictionary(fc.constantFrom("a", "b", "length"), fc.constantFrom<JsonValue>(1, "y", {}, [2])),
);
const facts = fc.dictionary(fc.constantFrom("labels", "os", "a", "b"), json);
const operation: fc.Arbitrary<Operation> = fc.tuple(
  fc.constantFrom("get", "keys", "has", "if"),
  fc.array(keys, { maxLength: 3 }),
  keys,
);

Deno.test("random programs, random changes: who is woken says what a fresh one says", async () => {
  // deno-lint-ignore no-eval -- the same text runs here as in the child
  const run = eval(RUN) as (host: unknown, operations: readonly Operation[]) => string;
  let now: Record<string, JsonValue> = {};
  const sources = () => Promise.resolve({ host: inputOf(() => now) });
  const site = programText(
    `  const run: any = ${RUN};\n  noop("=" + run(host, data("operations.json")));`,
  );
  await using kept = await programDirectory({ "site.ts": site, "operations.json": "[]" }, {
    sources,
  });
  let said = "";
  let evaluations = 0;
  const step = async (operations: readonly Operation[], isFreshToo: boolean) => {
    await kept.write({ "operations.json": JSON.stringify(operations) });
    const value = await valueOf(kept);
    const expected = `=${run(bare(now), operations)}`;
    if (value !== "same") {
      said = (value as { resources: { noop: { name: string }[] } }).resources.noop[0]!.name;
      evaluations++;
    }
    assertEquals(said, expected);
    if (!isFreshToo) return;
    await using fresh = await programDirectory({
      "site.ts": site,
      "operations.json": JSON.stringify(operations),
    }, { sources });
    assertEquals(JSON.stringify(await valueOf(fresh)).includes(JSON.stringify(expected)), true);
  };
  const changes = fc.array(fc.tuple(facts, fc.option(fc.array(operation, { maxLength: 4 }))), {
    minLength: 2,
    maxLength: 8,
  });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(changes, async (list) => {
      let operations: readonly Operation[] = [];
      for (const [next, others] of list) {
        now = next;
        operations = others ?? operations;
        await step(operations, ++count % 40 === 0);
      }
    }),
    { numRuns: 40 },
  );
  assert(evaluations > 50, `only ${evaluations} evaluations of ${count}`);
});
