import { assertEquals } from "@std/assert";
import plugin from "../../scripts/lint/plugin.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The rules that fire for such a file of the project. */
function fired(path: string, source: string): string[] {
  const diagnostics = Deno.lint.runPlugin(plugin, ROOT + path, source);
  return diagnostics.map((diagnostic) => diagnostic.id.replace("mgmt/", ""));
}

function assertFires(rule: string, path: string, ...sources: string[]) {
  for (const source of sources) assertEquals(fired(path, source), [rule], `${path}: ${source}`);
}

function assertQuiet(path: string, ...sources: string[]) {
  for (const source of sources) assertEquals(fired(path, source), [], `${path}: ${source}`);
}

Deno.test("a folder imports from those below it and not the other way round", () => {
  const rule = "import-direction";
  assertFires(rule, "src/base/a.ts", `import { x } from "../graph/b.ts";`);
  assertFires(rule, "src/graph/a.ts", `import type { X } from "../kind/b.ts";`);
  assertFires(rule, "src/lang/passes/a.ts", `import { x } from "../../engine/b.ts";`);
  assertFires(rule, "src/engine/a.ts", `export { x } from "../resources/b.ts";`);
  assertFires(rule, "src/engine/a.ts", `export * from "../report/b.ts";`);
  assertFires(rule, "src/engine/a.ts", `const x = await import("../app/b.ts");`);
  assertFires(rule, "src/engine/a.ts", `let x: import("../app/b.ts").X;`);
  assertFires(rule, "src/base/a.ts", `import { x } from "../../main.ts";`);
  assertFires(rule, "src/unheard_of/a.ts", `import { x } from "../base/b.ts";`);
  assertQuiet(
    "src/engine/a.ts",
    `import { x } from "../graph/b.ts";`,
    `import { x } from "./b.ts";`,
  );
  assertQuiet("src/cli/commands/a.ts", `import { x } from "../../app/b.ts";`);
  assertQuiet("tests/unit/a_test.ts", `import { x } from "../../src/engine/b.ts";`);
});

Deno.test("where only types may be imported, values may not", () => {
  assertFires("import-direction", "src/kind/a.ts", `import { x } from "../host/b.ts";`);
  assertFires("import-direction", "src/report/a.ts", `import { x } from "../engine/b.ts";`);
  assertFires("import-direction", "src/cluster/admin/a.ts", `import { x } from "../../os/b.ts";`);
  assertFires("import-direction", "src/cluster/admin/a.ts", `import { x } from "../../etcd/b.ts";`);
  assertQuiet("src/kind/a.ts", `import type { X } from "../host/b.ts";`);
  assertQuiet("src/etcd/client/a.ts", `import { x } from "../../cluster/b.ts";`);
  assertQuiet("src/report/a.ts", `import type { X } from "../engine/b.ts";`);
});

Deno.test("no kind imports another, and what kinds share imports none", () => {
  const rule = "kinds-apart";
  assertFires(rule, "src/resources/user/kind.ts", `import type { X } from "../group/params.ts";`);
  assertFires(rule, "src/resources/user/kind.ts", `import { registry } from "../registry.ts";`);
  assertFires(rule, "src/resources/shared/a/b.ts", `import { x } from "../../file/check.ts";`);
  assertQuiet(
    "src/resources/user/kind.ts",
    `import { x } from "./params.ts";`,
    `import { x } from "../shared/files/path.ts";`,
    `import { x } from "../../base/chain.ts";`,
  );
  assertQuiet("src/resources/shared/a/b.ts", `import { x } from "../c/d.ts";`);
  assertQuiet("src/resources/registry.ts", `import user from "./user/kind.ts";`);
});

Deno.test("what makes graphs of documents knows nothing of YAML", () => {
  const rule = "import-direction";
  assertFires(rule, "src/lang/a.ts", `import { x } from "./yaml/b.ts";`);
  assertFires(rule, "src/lang/autoedge/a.ts", `import type { X } from "../yaml/b.ts";`);
  assertFires(rule, "src/lang/a.ts", `const x = await import("./yaml/b.ts");`);
  assertQuiet("src/lang/yaml/a.ts", `import { x } from "../b.ts";`, `import { x } from "./b.ts";`);
  assertQuiet("src/app/graph/a.ts", `import { x } from "../../lang/yaml/b.ts";`);
});

Deno.test("the program imports nothing that only tests and scripts use", () => {
  const rule = "import-direction";
  assertFires(rule, "src/app/a.ts", `import { walk } from "@std/fs";`);
  assertFires(rule, "src/base/a.ts", `import type { Spy } from "@std/testing/mock";`);
  assertFires(rule, "src/app/a.ts", `import { x } from "../../tests/support/b.ts";`);
  assertFires(rule, "main.ts", `import { x } from "./scripts/b.ts";`);
  assertQuiet("src/cli/a.ts", `import { parseArgs } from "@std/cli";`);
  assertQuiet("scripts/a.ts", `import { walk } from "@std/fs";`);
});

Deno.test("only os touches the machine", () => {
  const sources = [
    `Deno.cwd();`,
    `const { env } = Deno;`,
    `let x: Deno.FileInfo;`,
    `console.log(1);`,
    `setTimeout(() => {}, 1);`,
    `const later = setInterval;`,
    `Date.now();`,
    `Date["now"]();`,
    `new Date();`,
    `Date();`,
    `Math.random();`,
    `performance.now();`,
    `crypto.getRandomValues(x);`,
    `crypto.randomUUID();`,
    `AbortSignal.timeout(1);`,
    `fetch("x");`,
    `const x = { fetch };`,
    `globalThis.setTimeout(f, 1);`,
    `import { readFileSync } from "node:fs";`,
  ];
  for (const path of ["src/engine/a.ts", "src/cli/commands/a.ts"]) {
    assertFires("one-door", path, ...sources);
  }
  for (const path of ["src/os/a.ts", "src/std/a.ts", "main.ts", "scripts/a.ts"]) {
    assertQuiet(path, ...sources);
  }
});

Deno.test("names of members, dates from numbers and pure functions are nobody's business", () => {
  assertQuiet(
    "src/engine/a.ts",
    `host.fetch(1);`,
    `const x = { console: 1, fetch() {} };`,
    `interface X { setTimeout(): void; performance: number }`,
    `new Date(0);`,
    `Date.parse(x);`,
    `Math.max(1, 2);`,
    `crypto.subtle.digest(a, b);`,
    `import { join } from "node:path";`,
    `"Deno.cwd()"; // console.log`,
  );
});

Deno.test("nothing calls native code", () => {
  for (const path of ["src/os/a.ts", "tests/unit/a_test.ts", "scripts/a.ts"]) {
    assertFires("no-native-code", path, `Deno.dlopen("x", {});`, `new Deno.UnsafePointerView(x);`);
  }
  assertQuiet("src/os/native/a.ts", `Deno.dlopen("x", {});`);
});

Deno.test("addresses are taken apart and put together in one place", () => {
  const ways = ["new URL(text);", "`http://${host}`;", "`https://${host}:1`;"];
  assertFires("one-address", "src/cluster/agent/a.ts", ...ways);
  assertFires("one-address", "src/os/network/a.ts", ...ways);
  assertQuiet("src/base/address.ts", ...ways);
  assertQuiet("tests/unit/a_test.ts", ...ways);
  assertQuiet("src/app/a.ts", "`see http://${host}`;");
});

Deno.test("programs are started detached", () => {
  const spawn = `import { type ChildProcess, spawn } from "node:child_process";`;
  assertFires("detached", "src/os/a.ts", `new Deno.Command("x", { args });`);
  assertFires("detached", "src/os/a.ts", `new Deno.Command("x");`);
  assertFires("detached", "src/os/a.ts", `${spawn} spawn("x", [], { detached: false });`);
  assertQuiet("src/os/a.ts", `new Deno.Command("x", { args, detached: true });`);
  assertQuiet("src/os/a.ts", `${spawn} spawn("x", [], { detached: true });`);
  assertQuiet("scripts/a.ts", `new Deno.Command("x");`);
});

Deno.test("a lazy import names a file of ours", () => {
  assertFires("lazy-import", "src/os/a.ts", `await import("yaml");`, `await import(name);`);
  assertQuiet("src/os/a.ts", `await import("./places.ts");`);
});

Deno.test("file names are snake_case", () => {
  for (const name of ["fileName.ts", "file-name.ts", "FileName.ts", "file_.ts", "file.tsx"]) {
    assertFires("file-name", `src/os/${name}`, "");
  }
  for (const name of ["file.ts", "file_name.ts", "utf8_file_2.ts", "file_test.ts"]) {
    assertQuiet(`src/os/${name}`, "");
  }
});

Deno.test("on the page no text becomes markup or code", () => {
  assertFires(
    "no-html",
    "src/web/page/views/a.ts",
    `box.innerHTML = said;`,
    `box["outerHTML"] = said;`,
    `h("p", { dangerouslySetInnerHTML: { __html: said } });`,
    `box.insertAdjacentHTML("beforeend", said);`,
    `document.write(said);`,
    `new DOMParser();`,
    `eval(said);`,
  );
  assertQuiet("src/web/page/views/a.ts", `box.textContent = said;`, `stream.write(said);`);
  assertQuiet("src/web/a.ts", `const x = { innerHTML: 1 };`);
});
