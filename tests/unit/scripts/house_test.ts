import { assertEquals } from "@std/assert";
import { importCircles } from "../../../scripts/house/circles.ts";
import {
  deadExports,
  longFunctions,
  namesDeclaredTwice,
} from "../../../scripts/house/declarations.ts";
import { roomOf, rooms } from "../../../scripts/house/rooms.ts";
import { readSource, type SourceFile } from "../../../scripts/house/source_tree.ts";

function sources(texts: Record<string, string>): ReadonlyMap<string, SourceFile> {
  return new Map(Object.entries(texts).map(([path, text]) => [path, readSource(path, text)]));
}

Deno.test("files that import each other through others are a circle, types and lazy imports too", () => {
  const files = sources({
    "src/a/a.ts": `import type { B } from "./b.ts";`,
    "src/a/b.ts": `export type C = import("../c/c.ts").C;`,
    "src/c/c.ts": `const { a } = await import("../a/a.ts");`,
    "src/c/d.ts": `import { c } from "./c.ts"; export * from "./e.ts";`,
    "src/c/e.ts": "",
  });
  assertEquals(importCircles(files), [["src/a/a.ts", "src/a/b.ts", "src/c/c.ts"]]);
});

Deno.test("a type's name stands for one thing, but for what a package calls it", () => {
  const files = sources({
    "src/a/a.ts": `export interface Place {} interface Own {} const x = 1;`,
    "src/b/b.ts": `type Place = 1; const x = 2;`,
    "src/std/yaml.ts": `export interface Own {}`,
  });
  assertEquals(namesDeclaredTwice(files), ["Place: src/a/a.ts, src/b/b.ts"]);
});

Deno.test("an export that nobody takes is dead, but for types of what is taken", () => {
  const files = sources({
    "src/a/a.ts":
      `export const { one, two: [three] } = x; export function f(o: Options) {} export interface Options {}
       export type Unused = 1; export default function () {}`,
    "src/a/b.ts": `export const all = 1;`,
  });
  const users = sources({
    "tests/a_test.ts":
      `import { one, f as g } from "../src/a/a.ts"; import * as b from "../src/a/b.ts";`,
  });
  assertEquals(deadExports(files, users), [
    "src/a/a.ts: Unused",
    "src/a/a.ts: default",
    "src/a/a.ts: three",
  ]);
});

Deno.test("a function that fits no screen is named with its place, a closure in it for itself", () => {
  const body = "x();\n".repeat(59);
  const files = sources({
    "src/a/a.ts": `function fits() {\n${"x();\n".repeat(58)}}\nclass A { long() {\n${body}\n} }\n`,
  });
  assertEquals(longFunctions(files), ["src/a/a.ts:61: 62 lines"]);
});

Deno.test("a kind and each of the cluster's five are rooms, all else is by its folder", () => {
  assertEquals(
    ["src/os/files/a.ts", "src/resources/file/kind.ts", "src/cluster/leader/a.ts"].map(roomOf),
    ["src/os", "src/resources/file", "src/cluster/leader"],
  );
  const [largest] = rooms(sources({ "src/os/a.ts": "1\n2\n3\n", "src/base/b.ts": "1\n" }));
  assertEquals(largest, { name: "src/os", files: 1, lines: 3, share: 0.75 });
});
