/** What is wrong with a program is said at its place, in the words of graph files. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { programDirectory, programText } from "../../support/program_directory.ts";

type Mistake = readonly [name: string, site: string, ...expected: string[]];

/** Each is a program of one directory, and they are evaluated together; what is expected stands in what is said of it. */
const TOGETHER: readonly Mistake[] = [
  [
    "an error of one's own, and a text in place of a reference",
    programText(`  noop("a", { require: "b" });\n  throw new Error("no site is called c");`),
    `site.ts:4:9: error: no site is called c`,
    `site.ts:3:24: error: require takes what a function of mgmt returned, or a list of such, not "b"`,
  ],
  [
    "a list of data that is sorted in its place",
    programText(`  data("lib/list.json").list.sort();`),
    `site.ts:3:30: error: TypeError: Cannot assign to read only property '0'`,
    `hint: inputs, and what mgmt and the language give, cannot be changed; take a copy`,
  ],
  ...[
    "`${key}`.toUpperCase()",
    "encodeURIComponent(`a${key}`)",
    "btoa(`aa${key}`)",
    "btoa(`a${key}`)",
    "btoa(key)",
    "`${key}`.slice(1)",
    "`${key}`.slice(1, -1)",
    "[...`${key}`].reverse().join('')",
    "JSON.stringify(JSON.stringify({ key }))",
  ].map((made) =>
    [
      `a secret in ${made}`,
      `import { file, program } from "mgmt";\nexport default program(({ secret }) => {\n` +
      `  const key = secret("app-key");\n  file("/a", { content: ${made} });\n});`,
      `site.ts:4:`,
      `a text with a secret was changed by a function`,
    ] as const
  ),
  ...[
    `const { h, p } = data("lib/halves.json");`,
    `const [h, p] = [JSON.parse(read("lib/whole.json")).a, ""]; secret("other").toString();`,
  ].map((made) =>
    [
      `a secret that data names: ${made}`,
      `import { file, program } from "mgmt";\nexport default program(({ data, read, secret }) => {\n` +
      `  ${made}\n  file("/a", { content: h + ":" + p });\n});`,
      "site.ts:4:",
      "a text holds what would stand for a secret, and is not of secret()",
    ] as const
  ),
  [
    "a secret that stands in the text of an exception",
    `import { program } from "mgmt";\nexport default program(({ secret }) => {\n` +
    `  throw new Error("no " + secret("app-key"));\n});`,
    "no secret(app-key)",
  ],
  [
    "data of a module that is changed",
    `import { program } from "mgmt";\nimport list from "./lib/list.json";\n` +
    `export default program(() => { list.list.push(1); });\n`,
    "site.ts:3:42: error: TypeError: Cannot add property",
  ],
  [
    "a reference in a text",
    programText("  const a = noop('a');\n  noop('b', { comment: `after ${a}` });"),
    `site.ts:4:33: error: a reference stands for a resource, and goes into require, before, notify`,
  ],
  [
    "a value that no graph can have",
    programText(`  file("/a", { content: "ä", mode: (() => 3n)() });`),
    `site.ts:3:36: error: a big integer is nothing that a graph can have
   3 |   file("/a", { content: "ä", mode: (() => 3n)() });
     |                                    ^^^^^^^^^^^^`,
  ],
  [
    "a reference in the place of a text",
    programText(`  const a = noop("a");\n  file("/a", { content: a });`),
    "site.ts:4:25: error: a reference stands for a resource, and goes into require, before",
  ],
  [
    "no reference in the place of one",
    programText(`  noop("a", { notify: ["b"] });`),
    "site.ts:3:23: error: notify takes what a function of mgmt returned",
  ],
  [
    "an object with a prototype of its own",
    programText(`  file("/a", { __proto__: { content: "x" } });`),
    "site.ts:3:3: error: file() takes its fields as a map, not an object",
  ],
  [
    "an exception, with the calls that lead to it",
    `import { program } from "mgmt";
import { deep } from "./lib/deep.ts";
export default program(() => {
  [1].forEach(() => deep({}));
});
`,
    `lib/deep.ts:2:19: error: TypeError: Cannot read properties of undefined (reading 'x')
   2 |   return value.b!.x;
     |                   ^
  hint: in deep, called from site.ts:4:21, site.ts:4:7`,
  ],
  [
    "a file that is not there",
    programText(`  file("/a", { content: read("nothing.txt") });`),
    "site.ts:3:25: error: DIR/nothing.txt does not exist",
  ],
  [
    "data that cannot be read",
    programText(`  data("bad.yaml");`),
    "site.ts:3:3: error: DIR/bad.yaml:2:",
  ],
  [
    "an input that is changed",
    programText(`  Object.assign(host.labels, { role: "web" });`),
    "site.ts:3:10: error: host.labels is an input, and cannot be changed",
  ],
];

/** Beside each of these nothing else would be said: they are read in turn as `site.ts`. */
const APART: readonly Mistake[] = [
  [
    "a name twice",
    programText(`  file("/a", { content: "1" });\n  file("/a", { content: "2" });`),
    `site.ts:4:8: error: file[/a] is there twice (the first is on line 3)
   4 |   file("/a", { content: "2" });
     |        ^^^^`,
  ],
  [
    "an edge to nothing",
    programText(`  noop("a", { require: { kind: "noop", name: "b" } });`),
    `site.ts:3:24: error: there is no resource noop[b]`,
  ],
  [
    "a cycle",
    programText(`  const a = noop("a");\n  noop("b", { require: a, before: a });`),
    `site.ts:4:35: error: these wait for each other: noop[a] → noop[b] → noop[a]`,
  ],
  [
    "a wrong field",
    programText(`  file("/a", {\n    contnt: "x",\n  });`),
    `site.ts:4:5: error: file[/a]: the field "contnt" is unknown
   4 |     contnt: "x",
     |     ^^^^^^
  hint: did you mean "content"?`,
  ],
  [
    "a resource that comes too late",
    programText(`  [1].forEach(async (n) => {\n    await n;\n    noop("a" + n);\n  });`),
    `site.ts:5:5: error: noop() is called outside of the program`,
  ],
  [
    "an exception in a function with async that nobody waits for",
    programText(`  [1].forEach(async () => { null!.x; });`),
    `site.ts:3:35: error: TypeError: Cannot read properties of null (reading 'x')`,
  ],
  [
    "an import that only a parser sees",
    `import "./lib/sneaky.js";\n`,
    "lib/sneaky.js:1:33: error: import() is not there",
  ],
  [
    "what mgmt has by another name",
    `import { service } from "mgmt";\n`,
    `site.ts:1:10: error: "mgmt" exports nothing that is called service`,
    `hint: there are: program, collect, file`,
  ],
  [
    "a key that is called __proto__",
    programText(`  file("/a", JSON.parse('{"__proto__": {"content": "x"}}'));`),
    `file[/a]: the field "__proto__" is unknown`,
  ],
  [
    "a promise",
    `import { program } from "mgmt";\nexport default program(async () => {});\n`,
    "site.ts:2:16: error: a program is evaluated at once, and this one returns a promise",
  ],
  [
    "a resource outside of the program",
    `import { noop, program } from "mgmt";\nnoop("a");\nexport default program(() => {});\n`,
    "site.ts:2:1: error: noop() is called outside of the program",
  ],
  ["no program", "export const a = 1;\n", "site.ts:1:1: error: this module exports no program"],
  [
    "an import that is not exported",
    `import { fil, program } from "mgmt";\nexport default program(() => {});\n`,
    `site.ts:1:10: error: "mgmt" exports nothing that is called fil`,
    `hint: did you mean "file"?`,
  ],
  [
    "a type that is imported as if it were a value",
    `import { program } from "mgmt";\nimport { Site } from "./lib/deep.ts";\nexport default program(() => {});\n`,
    `site.ts:2:10: error: "./lib/deep.ts" exports nothing that is called Site`,
    "hint: if it is a type, import it by import type",
  ],
  [
    "an enum",
    `enum Role { Web }\n`,
    "site.ts:1:1: error: TypeScript enum is not supported: types are only left out",
  ],
  ["a mistake of syntax", `const a: = 1;\n`, "site.ts:1:10: error: Unexpected token `=`"],
  [
    "a module from elsewhere",
    `import "npm:chalk";\n`,
    `site.ts:1:9: error: "npm:chalk" cannot be imported`,
  ],
  [
    "a module from outside",
    `import "./../x.ts";\n`,
    `site.ts:1:9: error: "./../x.ts" is outside of the program's directory`,
  ],
  [
    "a module that is not there",
    `import "./x.ts";\n`,
    "site.ts:1:9: error: DIR/x.ts does not exist",
  ],
  ["a computed import", "const x = './a.ts'; import(x);\n", "site.ts:1:21: error: import() is not"],
  ["an import that waits", "import('./lib/deep.ts');\n", "site.ts:1:1: error: import() is not"],
  [
    "modules that import each other",
    `import "./lib/one.ts";\n`,
    "lib/two.ts:1:9: error: these modules import each other: lib/one.ts → lib/two.ts → lib/one.ts",
  ],
];

const BESIDE: Readonly<Record<string, string>> = {
  "lib/deep.ts": `export function deep(value: Site) {
  return value.b!.x;
}
export interface Site {
  b?: { x: number };
}
`,
  "lib/sneaky.js": `const x = function () {} / (p = import("node:perf_hooks")) / 1;\nlet p;\n`,
  "lib/halves.json": JSON.stringify({ h: "\0secret", p: "app-key\0" }),
  "lib/whole.json": JSON.stringify({ a: "\0secret:app-key\0" }),
  "lib/one.ts": `import "./two.ts";\n`,
  "lib/two.ts": `import "./one.ts";\n`,
  "lib/list.json": `{ "list": [2, 1] }`,
  "bad.yaml": "a: 1\na: 2\n",
};

Deno.test("mistakes of programs are said at their places, of all that are evaluated together", async () => {
  const names = TOGETHER.map((_, index) => `m${String(index).padStart(2, "0")}.ts`);
  const programs = TOGETHER.map(([, text], index) => [names[index], text]);
  await using directory = await programDirectory(
    { ...BESIDE, ...Object.fromEntries(programs) },
    { names },
  );
  const all = (await directory.mistakes()).split(/\n(?=\S+:\d+:\d+: )/);
  for (const [index, [name, , ...expected]] of TOGETHER.entries()) {
    const file = names[index]!;
    const said = all.filter((each) => each.includes(file)).join("\n");
    for (const text of expected) {
      assertStringIncludes(said, text.replaceAll("site.ts", `site/${file}`), `${name}: ${said}`);
    }
  }
});

Deno.test("mistakes of a program are said at their places, and then it is good again", async () => {
  await using directory = await programDirectory(BESIDE);
  for (const [name, site, ...expected] of APART) {
    await directory.write({ "site.ts": site });
    const said = await directory.mistakes();
    for (const text of expected) {
      assertStringIncludes(said, text, `${name}: ${said}`);
    }
  }
  await directory.write({ "site.ts": programText(`  noop("a");`) });
  assertEquals(await directory.mistakes(), "");
});

Deno.test("several mistakes are said together", async () => {
  await using directory = await programDirectory({
    "site.ts": programText(`  file("/a", { content: 1n });\n  file("/b", { mode: Symbol() });`),
  });
  const said = await directory.mistakes();
  assertStringIncludes(said, "site.ts:3:25: error: a big integer");
  assertStringIncludes(said, "site.ts:4:22: error: a symbol");
});

Deno.test("a text that a value was joined to that is none is warned of, where nobody wrote the word", async () => {
  await using directory = await programDirectory({
    "site.ts": programText(`  const role = host.labels.role;
  if (role === undefined) noop("a", { meta: { noop: true } });
  file("/tmp/" + role, { content: "x" });
  file("/b", { content: "is " + { a: 1 } });`),
  });
  const said = await directory.mistakes();
  assertStringIncludes(
    said,
    `site.ts:5:8: warning: a text has undefined in it, which nobody wrote
   5 |   file("/tmp/" + role, { content: "x" });
     |        ^^^^^^^^^^^^^^
  hint: say what then: … ?? "none"`,
  );
  assertStringIncludes(said, "site.ts:6:25: warning: a text has [object Object] in it");
  await directory.write({
    "site.ts": programText(`  file("/tmp/undefined", { content: read("f.txt") });`),
    "f.txt": "[object Object]",
  });
  assertEquals(await directory.mistakes(), "");
});
