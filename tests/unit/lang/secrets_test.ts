import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fail, ok } from "../../../src/base/result.ts";
import type { FieldSchema } from "../../../src/kind/schema.ts";
import { readValue } from "../../../src/lang/yaml/value.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";
import { repositoryFile } from "../../support/program.ts";

const options = { file: "g.yaml", directory: "/graphs", registry };
const load = (resources: string) => loadText(`graph: g\n${resources}`, options);

async function mistakeOf(text: string): Promise<string> {
  const outcome = await load(text);
  assert(!outcome.ok, `it was accepted: ${text}`);
  const [first] = outcome.diagnostics;
  return `${first?.line}:${first?.column} ${first?.message}${
    first?.hint ? ` (${first.hint})` : ""
  }`;
}

Deno.test("a secret stands where the kind can take it, and is no value before its kind works", async () => {
  const outcome = await load(`resources:
  file:
  - {name: /f, content: !secret key:trim:base64}
  - {name: /plain, content: text}
  line:
  - {name: l, path: /l, line: !secret key}
  exec:
  - {name: e, cmd: "true", env: {A: !secret key, B: text, C: !secret other}}
  user:
  - {name: u, password_hash: !secret key:sha512crypt}
`);
  assert(outcome.ok, outcome.ok ? "" : JSON.stringify(outcome.diagnostics));
  const { vertices } = outcome.loaded.graph;
  const used = [...vertices.values()].map(({ key, secrets }) => [key, secrets?.names.join()]);
  assertEquals(used, [
    ["file[/f]", "key"],
    ["file[/plain]", undefined],
    ["line[l]", "key"],
    ["exec[e]", "key,other"],
    ["user[u]", "key"],
  ]);
  const paramsOf = (key: string) => vertices.get(key)?.params as Record<string, unknown>;
  assertEquals(paramsOf("file[/f]")["sensitive"], true);
  assertEquals(paramsOf("line[l]")["sensitive"], true);
  assertEquals(paramsOf("exec[e]")["sensitive"], false);
  const filled = vertices.get("exec[e]")?.secrets?.fill(({ name }) =>
    ok(new TextEncoder().encode(`value of ${name}`))
  );
  assert(filled?.ok);
  assertEquals((filled.value as { env: unknown }).env, {
    A: "value of key",
    B: "text",
    C: "value of other",
  });
});

Deno.test("bytes that are no text are content, and no line", async () => {
  const outcome = await load(`resources:
  file:
  - {name: /f, content: !secret key}
  line:
  - {name: l, path: /l, line: !secret key}
`);
  assert(outcome.ok);
  const bytes = new Uint8Array([0xff, 0, 1]);
  const fill = (key: string, value: Uint8Array) =>
    outcome.loaded.graph.vertices.get(key)?.secrets?.fill(() => ok(value));
  const file = fill("file[/f]", bytes);
  assert(file?.ok);
  assertEquals((file.value as { content: unknown }).content, bytes);
  for (const value of [bytes, new TextEncoder().encode("VALUE\nof two lines")]) {
    const line = fill("line[l]", value);
    assert(line?.ok === false);
    assertEquals(line.failure.code, "secret-unfit");
    assert(!JSON.stringify(line.failure).includes("VALUE"));
  }
  const missing = outcome.loaded.graph.vertices.get("line[l]")?.secrets?.fill(() => fail("gone"));
  assert(missing?.ok === false);
  assertEquals(missing.failure.message, "gone");
});

Deno.test("a secret where none can be is a mistake with a place", async () => {
  const file = (fields: string) => `resources:\n  file:\n  - {name: /f, ${fields}}\n`;
  const cases: readonly (readonly [string, string])[] = [
    [file("path: !secret k"), "4:30 file[/f]: path cannot hold a secret (what can is content)"],
    [file("mode: !secret k"), "4:30 file[/f]: mode cannot hold a secret (what can is content)"],
    [file("meta: {sema: [!secret k]}"), "4:22 file[/f]: meta cannot hold a secret"],
    ["resources:\n  file:\n  - {name: !secret k, content: x}\n", "cannot hold a secret"],
    ["resources:\n  file:\n  - {name: '@@/f', content: !secret k}\n", "is exported cannot hold"],
    [file("content: !secret 'a b'"), '"a b" is no name of a secret'],
    [file("content: !secret k:tirm"), 'can be made of a secret (did you mean "trim"?)'],
    [file("content: !secret k, sensitive: false"), "it has a secret in content"],
    [
      "resources:\n  exec:\n  - {name: e, cmd: !secret k}\n",
      "cmd cannot hold a secret (every user",
    ],
    [
      "resources:\n  cron:\n  - {name: c, schedule: daily, command: x, environment: {A: !secret k}}\n",
      "environment cannot hold a secret (it stands in a unit",
    ],
    [
      "resources:\n  file:\n  - {name: /f}\nedges:\n" +
      "- {name: e, from: {kind: file, name: !secret k}, to: {kind: file, name: /f}}\n",
      "cannot hold a secret",
    ],
    ["resources: {}\ncollect:\n- {kind: file, pattern: !secret k}\n", "cannot hold a secret"],
  ];
  for (const [text, expected] of cases) assertStringIncludes(await mistakeOf(text), expected, text);
});

Deno.test("all parsers take !secret, also where YAML is deep or wrong elsewhere", async () => {
  const deep = `${"[".repeat(20)}!secret k${"]".repeat(20)}`;
  const read = await readValue(deep);
  assert(read.ok);
  assertStringIncludes(JSON.stringify(read.value), "secret:k");
  const outcome = await load(
    "resources:\n  file:\n  - {name: /f, content: !secret k}\n  bad: {a: 1,\n",
  );
  assert(!outcome.ok);
  assert(!JSON.stringify(outcome.diagnostics).includes("tag"), JSON.stringify(outcome.diagnostics));
});

Deno.test("the documentation lists the fields that can hold a secret", async () => {
  const text = await Deno.readTextFile(repositoryFile("docs/secrets.md"));
  const [, table = ""] = text.split("## Where a secret may stand");
  const [rows = ""] = table.split("\n- ");
  const listed = [...rows.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, kind, fields = ""]) =>
    `${kind}: ${[...fields.matchAll(/`(\w+)`/g)].map(([, field]) => field).sort().join()}`
  );
  const there = [...registry.values()].flatMap(({ kind, fields }) => {
    const schemas: Readonly<Record<string, FieldSchema>> = fields;
    const names = Object.keys(schemas).filter((name) => typeof schemas[name]?.secret === "string");
    return names.length === 0 ? [] : [`${kind}: ${names.sort().join()}`];
  });
  assertEquals(listed.toSorted(), there.toSorted());
});

Deno.test("a line with a secret that nothing else tells draws a warning", async () => {
  const warnings = async (fields: string) => {
    const outcome = await load(`resources:\n  line:\n  - {name: l, path: /l, ${fields}}\n`);
    assert(outcome.ok, fields);
    return outcome.loaded.warnings.map(({ line, column, message }) =>
      `${line}:${column} ${message}`
    );
  };
  assertEquals(await warnings("line: !secret k"), [
    "4:25 line[l]: when the secret changes, its new line is added, and the old one stays",
  ]);
  assertEquals(await warnings("line: !secret k, match: ^a"), []);
  assertEquals(await warnings("block: !secret k"), []);
  assertEquals(await warnings("line: !secret k, state: absent"), []);
});
