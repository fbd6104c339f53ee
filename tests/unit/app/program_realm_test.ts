/** A program is a pure function of its inputs: what would make it anything else is not there. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonValue } from "../../../src/base/input.ts";
import { inputOf, programDirectory, programText } from "../../support/program_directory.ts";

/** What is not there, and what is said of it. */
const NOT_THERE: readonly (readonly [expression: string, what: string])[] = [
  ["new Date()", "Date (the time of day)"],
  ["typeof Date", "Date (the time of day)"],
  ["performance.now()", "performance (the time of day)"],
  ["Math.random()", "randomness"],
  ["crypto.randomUUID()", "crypto (randomness)"],
  ["setTimeout(() => {}, 1)", "setTimeout (time that passes)"],
  ["queueMicrotask(() => {})", "queueMicrotask (time that passes)"],
  ["fetch('http://localhost')", "fetch (the network)"],
  ["Deno.env", "Deno (the machine)"],
  ["process.env", "process (the machine)"],
  ["new Worker('x')", "Worker (the machine)"],
  ["navigator.hardwareConcurrency", "navigator (the machine)"],
  ["eval('1')", "eval (code that is made of text)"],
  ["new Function('return 1')", "Function (code that is made of text)"],
  ["(() => {}).constructor('return 1')()", "code that is made of text"],
  ["(async () => {}).constructor('return 1')()", "code that is made of text"],
  ["(function* () {}).constructor('return 1')()", "code that is made of text"],
  ["WebAssembly.Module", "WebAssembly (code that is made of text)"],
  ["new WeakRef({})", "WeakRef (what the garbage collector does)"],
  ["new FinalizationRegistry(() => {})", "FinalizationRegistry (what the garbage collector does)"],
  ["new SharedArrayBuffer(1)", "SharedArrayBuffer (memory that is shared)"],
  ["Atomics.load", "Atomics (memory that is shared)"],
  ["new Intl.NumberFormat()", "Intl (the locale)"],
  ["'a'.localeCompare('b')", "localeCompare (the locale)"],
  ["(1234.5).toLocaleString()", "toLocaleString (the locale)"],
  ["[1].toLocaleString()", "toLocaleString (the locale)"],
  ["new Uint8Array(1).toLocaleString()", "toLocaleString (the locale)"],
  ["Object.assign(globalThis, { left: 1 })", "TypeError"],
  ["Object.assign(Array.prototype, { left: 1 })", "TypeError"],
  ["Object.prototype.toString = () => ''", "cannot be changed here"],
  ["Object.assign(Math, { abs: 1 })", "TypeError"],
  ["Object.assign([].values().__proto__, { next: 1 })", "TypeError"],
  ["Reflect.get(globalThis, Symbol.for('mgmt')).file = 1", "TypeError"],
  ["Object.defineProperty(globalThis, 'Date', { value: 1 })", "TypeError"],
  ["localStorage", "localStorage (the machine)"],
  ["addEventListener", "is not defined"],
  ["gc()", "what the garbage collector does"],
];

/** What is there as ever. */
const THERE = `
  class Own extends Error { constructor() { super("x"); this.name = "Own"; } }
  const map: any = {};
  map.toString = () => "own";
  map.constructor = 1;
  function* some() { yield* [3, 1, 2]; }
  const sorted = [...some()].sort((a, b) => a - b);
  const url = new URL("http://a.example/b?c=d");
  console.log(String(new Own()), String(map), sorted, url.pathname, [..."äö"].length,
    structuredClone({ a: new Map([[1, 2]]) }).a.get(1), "a-b".replaceAll(/-/g, "+"),
    new TextDecoder().decode(new TextEncoder().encode("ü")), JSON.stringify({ a: [1] }),
    [3, 1].toSorted().join(), Object.groupBy([1, 2, 3], (n) => n % 2 ? "odd" : "even"), btoa("a"));
  console.warn(new Map([["k", new Set([1n])]]), undefined, [() => 1]);
`;

Deno.test("what would make a program anything but pure is not there, and says so", async () => {
  const tries = NOT_THERE.map(([expression]) =>
    `  try { const got = ${expression}; console.log("there: " + typeof got); } ` +
    `catch (e) { console.log(String(e)); }`
  );
  await using directory = await programDirectory({
    "site.ts": programText([...tries, THERE].join("\n")),
  });
  const reading = await directory.read();
  assert(reading !== "same");
  assertEquals(reading.text, "");
  for (const [index, [expression, what]] of NOT_THERE.entries()) {
    assertStringIncludes(reading.notes[index] ?? "", what, expression);
  }
  assertEquals(
    reading.notes[NOT_THERE.length],
    'Own: x own [1,2,3] /b 2 2 a+b ü {"a":[1]} 1,3 {"odd":[1,3],"even":[2]} YQ==',
  );
  assertEquals(reading.notes[NOT_THERE.length + 1], '{"k":["1"]} undefined ["() => 1"]');
});

Deno.test("an endless loop, and one that catches everything, end; then the program is good again", async () => {
  const loop = (label: string) =>
    programText(`  for (; host.labels.role === ${label};) try { null!.x; } catch { continue; }`);
  const facts: Record<string, JsonValue> = { labels: { role: "loop" } };
  const host = inputOf(() => facts);
  const sources = () => Promise.resolve({ host });
  await using directory = await programDirectory({ "site.ts": loop('"loop"') }, { sources });
  assertStringIncludes(await directory.mistakes(), "the program was not done after 5 s");
  assertEquals(await directory.read(), "same", "what it read is the same, and so is its end");
  facts["labels"] = { role: "web" };
  assertEquals(await directory.mistakes(), "");
});

Deno.test("who takes all memory is ended, and the agent is not", async () => {
  await using directory = await programDirectory({
    "site.ts": programText(`  const all = [];\n  for (;;) all.push(new Array(1e6).fill(0));`),
  });
  assertStringIncludes(await directory.mistakes(), "the program needs more memory than");
});

Deno.test("a resource too many is a mistake with a place", async () => {
  await using directory = await programDirectory({
    "site.ts": programText(`  try { for (let i = 0;; i++) noop("a" + i); } catch {}`),
  });
  const said = await directory.mistakes();
  assertStringIncludes(said, "site.ts:3:31: error: a graph has at most 100000 resources");
});

Deno.test("a graph that is too long to be told is a mistake, and the child goes on", async () => {
  const host = inputOf(() => facts);
  const facts: Record<string, JsonValue> = { cpus: 25 };
  await using directory = await programDirectory({
    "site.ts": programText(`  file("/a", { content: "x".repeat(host.cpus * 1e6) });`),
  }, { sources: () => Promise.resolve({ host }) });
  assertStringIncludes(await directory.mistakes(), "says is more than 22 million characters");
  facts["cpus"] = 1;
  assertEquals(await directory.mistakes(), "");
});
