/** Fields that are what stands in the file, whatever number a parser makes of it. */

import { assert, assertEquals } from "@std/assert";
import type { FileParams } from "../../../src/resources/file/params.ts";
import type { HostExport } from "../../../src/kind/export.ts";
import { collectInto } from "../../../src/lang/collected.ts";
import { loadGraph, type LoadOutcome } from "../../../src/lang/load.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

const OPTIONS = { file: "g.yaml", directory: "/graphs", registry };

function load(text: string): Promise<LoadOutcome> {
  return loadText(text, OPTIONS);
}

/** A graph of one file that says this. */
function fileSaying(fields: string, name = "/f"): string {
  return `graph: g\nresources:\n  file:\n  - name: "${name}"\n    ${fields}\n`;
}

async function paramsOf(fields: string): Promise<FileParams> {
  const outcome = await load(fileSaying(fields));
  assert(outcome.ok, `${fields}: ${outcome.ok ? "" : outcome.diagnostics[0]?.message}`);
  return outcome.loaded.graph.vertices.get("file[/f]")?.params as FileParams;
}

/** What is wrong with a graph, or what is doubtful in it. */
async function said(fields: string): Promise<string[]> {
  const outcome = await load(fileSaying(fields));
  const all = outcome.ok ? outcome.loaded.warnings : outcome.diagnostics;
  return all.map(({ severity, message }) => `${severity}: ${message}`);
}

for (
  const [text, octal] of [
    ["0644", "644"],
    ["644", "644"],
    ["00644", "644"],
    ["0o644", "644"],
    ["1777", "1777"],
    ["2750", "2750"],
    ["02775", "2775"],
    ["04755", "4755"],
    ["0o1777", "1777"],
    ["000", "0"],
    ["0000", "0"],
    ["0", undefined],
    ["64", undefined],
    ["0999", undefined],
    ["999", undefined],
    ["0x1a4", undefined],
    ["644.0", undefined],
    ["6.44e2", undefined],
    ["+644", undefined],
    ["-644", undefined],
    ["-0", undefined],
    [".inf", undefined],
    ["12345678901234567890", undefined],
    ["u=rw,go=r", "644"],
  ] as const
) {
  Deno.test(`mode: ${text} is the same quoted and not: ${octal ?? "no mode"}`, async () => {
    for (const written of [text, `"${text}"`, `'${text}'`, `!!str ${text}`]) {
      if (octal === undefined) {
        const wrong = `error: file[/f]: mode ${JSON.stringify(text)} is no mode`;
        assertEquals(await said(`mode: ${written}`), [wrong], written);
        continue;
      }
      const { mode } = await paramsOf(`mode: ${written}`);
      if (mode?.type === "octal") assertEquals(mode.bits.toString(8), octal, written);
      else assertEquals([mode?.type, text], ["symbolic", "u=rw,go=r"]);
    }
  });
}

Deno.test("what is neither a number nor a text is no mode, with its place", async () => {
  for (const wrong of ["true", "[0644]", "{a: 1}"]) {
    const [only = "", ...more] = await said(`mode: ${wrong}`);
    assert(only.startsWith("error: file[/f]: mode must be 0644 or 644"), only);
    assertEquals(more, []);
  }
  assertEquals((await paramsOf("mode: ~")).mode, undefined);
});

Deno.test("a mode that a program wrote as a decimal number is doubted, and read as octal", async () => {
  for (
    const [text, meant] of [["420", "0644"], ["365", "0555"], ["511", "0777"], ["1533", "2775"]]
  ) {
    for (const written of [text, `"${text}"`]) {
      const [doubt = "", ...more] = await said(`mode: ${written}`);
      assert(doubt.startsWith("warning: ") && doubt.includes(meant ?? ""), doubt);
      assertEquals(more, []);
    }
    assertEquals(await said(`mode: 0${text}`), []);
  }
});

Deno.test("owners and groups are digits as they are written, or names", async () => {
  for (
    const [text, meant] of [["0", "0"], ["1000", "1000"], ["0100", "100"], ["00", "0"], [
      "1e3",
      "1e3",
    ]] as const
  ) {
    for (const written of [text, `"${text}"`]) {
      const { owner, group } = await paramsOf(
        `{owner: ${written}, group: ${written}}`.slice(1, -1)
          .replace(", ", "\n    "),
      );
      assertEquals([owner, group], [meant, meant], written);
    }
  }
  const exec = await load(
    "graph: g\nresources:\n  exec:\n  - {name: a, cmd: id, user: 0, group: 0100}\n",
  );
  assert(exec.ok);
  const { user, group } = exec.loaded.graph.vertices.get("exec[a]")?.params as {
    user?: string;
    group?: string;
  };
  assertEquals([user, group], ["0", "100"]);
});

Deno.test("a file comes after the user whose number it says, however that is written", async () => {
  const outcome = await load(`graph: g
resources:
  user:
  - {name: u, uid: 100100}
  file:
  - {name: /a, content: x, owner: 0100100}
  - {name: /b, content: x, owner: "100100"}
`);
  assert(outcome.ok);
  const { vertices } = outcome.loaded.graph;
  const needs = (key: string) => {
    const vertex = vertices.get(key);
    return vertex?.kind.relations?.(vertex.params).needs;
  };
  assertEquals([needs("file[/a]"), needs("file[/b]")], [["user:100100"], ["user:100100"]]);
});

Deno.test("a version that looks like a number keeps its zeros", async () => {
  for (const version of ["1.10", "3006.20", "5.0", "010", "2", "1e3", "0"]) {
    for (const written of [version, `"${version}"`]) {
      const outcome = await load(
        `graph: g\nresources:\n  pkg:\n  - {name: p, state: ${written}}\n`,
      );
      assert(outcome.ok, written);
      const { params } = outcome.loaded.graph.vertices.get("pkg[p]") ?? {};
      assert(JSON.stringify(params).includes(`"${version}"`), JSON.stringify(params));
    }
  }
});

Deno.test("what aliases share is read in each place as it is written", async () => {
  const outcome = await load(`graph: g
resources:
  file:
  - &shared {name: /a, mode: &m 0o644, owner: 0}
  - {name: /b, mode: *m}
  exec:
  - {name: c, cmd: id, pollint: *m}
comment: &c x
`);
  assert(outcome.ok, outcome.ok ? "" : outcome.diagnostics[0]?.message);
  const { vertices } = outcome.loaded.graph;
  const bits = (key: string) => {
    const { mode } = vertices.get(key)?.params as FileParams;
    return mode?.type === "octal" ? mode.bits : undefined;
  };
  assertEquals([bits("file[/a]"), bits("file[/b]")], [0o644, 0o644]);
  // Where a number is wanted it is one.
  assertEquals((vertices.get("exec[c]")?.params as { pollSeconds?: number }).pollSeconds, 420);
});

Deno.test("a graph that nests deeply, or has a key twice, is read by the other parser the same way", async () => {
  const deep = `${"[".repeat(25)}${"]".repeat(25)}`;
  const [first = ""] = (await load(`${fileSaying("mode: 0o644")}odd: ${deep}\n`) as {
    diagnostics: readonly { message: string }[];
  }).diagnostics.map(({ message }) => message);
  assertEquals(first, 'the key "odd" is unknown');
  const twice = await load(fileSaying("mode: 0o644\n    mode: 0999"));
  assert(!twice.ok);
  assertEquals(
    twice.diagnostics.map(({ message }) => message).filter((text) => /no mode/.test(text)),
    [
      'file[/f]: mode "0999" is no mode',
    ],
  );
});

Deno.test("a mode and owners travel as they are written, and mean the same there", async () => {
  const fields = `{path: /x/f, content: x, mode: 0640, owner: 0, group: 0100}`;
  for (const [written, meant] of [["0640", 0o640], ["0o640", 0o640], ["640", 0o640]] as const) {
    const text = `graph: a\nresources:\n  file:\n  - {name: "@@f", ${
      fields.slice(1).replace("0640", written)
    }\n`;
    const exporter = await load(text);
    assert(exporter.ok);
    const [offer] = exporter.loaded.offers;
    assertEquals(offer?.fields, {
      ...{ path: "/x/f", content: "x", mode: written, owner: "0", group: "0100" },
    });
    const collector = await load(
      "graph: b\ncollect:\n- {kind: file, pattern: /y/, owner: true}\n",
    );
    assert(collector.ok && offer !== undefined);
    const { graph, collects: rules } = collector.loaded;
    // As it comes out of the store.
    const other = JSON.parse(JSON.stringify({ ...offer, host: "a", hostId: "1" })) as HostExport;
    const taken = collectInto(graph, [other], { registry, rules, directory: "/graphs" });
    assertEquals(taken.warnings, []);
    const { mode, owner } = taken.graph.vertices.get("file[a/f]")?.params as FileParams;
    assertEquals([mode, owner], [{ type: "octal", bits: meant }, "0"]);
  }
});

Deno.test("where a language tells nothing but numbers, a number is no mode", async () => {
  const value = { graph: "g", resources: { file: [{ name: "/f", mode: 0o644 }] } };
  const outcome = await loadGraph({ value, locate: () => Promise.resolve(undefined) }, OPTIONS);
  assert(!outcome.ok);
  assert(/not the number 420/.test(outcome.diagnostics[0]?.message ?? ""));
});

Deno.test("a number that is written oddly is that number elsewhere, as a key, too", async () => {
  const outcome = await load(`graph: g
resources:
  exec:
  - {name: a, cmd: id, pollint: 0010, env: {"0644": x}, meta: {delay: +5, limit: 1.50}}
`);
  assert(outcome.ok, outcome.ok ? "" : outcome.diagnostics[0]?.message);
  const vertex = outcome.loaded.graph.vertices.get("exec[a]");
  assertEquals([vertex?.meta.delayMs, vertex?.meta.limit], [5, 1.5]);
  const unknown = await load("graph: g\n0644: x\n");
  assert(!unknown.ok && unknown.diagnostics[0]?.message === 'the key "644" is unknown');
});
