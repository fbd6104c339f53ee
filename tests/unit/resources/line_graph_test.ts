/** Lines that cannot all be true are seen in the graph, before anything is changed. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";
import { processorMs } from "../../support/processor_time.ts";

/** What is said of a graph with these resources. */
async function said(resources: string): Promise<string[]> {
  const text = `graph: g\nresources:\n${resources}`;
  const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
  return outcome.ok ? [] : outcome.diagnostics.map(({ line, message }) => `${line}: ${message}`);
}

Deno.test("a file with content and a line of it are a mistake, a file without is none", async () => {
  const line = "  line:\n  - {name: l, path: /etc/x, line: a}\n";
  const file = "  file:\n  - {name: f, path: /etc/x, content: b}\n";
  assertEquals(await said(file + line), [
    "6: file[f] decides all of /etc/x, line[l] a part of it (the other is on line 4)",
  ]);
  assertEquals((await said(file.replace("content: b", "state: absent") + line)).length, 1);
  assertEquals(await said(file.replace("content: b", 'mode: "0644"') + line), []);
});

Deno.test("two kinds that both decide a file are a mistake", async () => {
  const file = "  file:\n  - {name: f, path: /etc/hostname, content: a}\n";
  assertEquals(await said(`${file}  hostname:\n  - name: a\n`), [
    "6: file[f] and hostname[a] both decide all of /etc/hostname (the other is on line 4)",
  ]);
});

Deno.test("lines that would undo each other are a mistake", async () => {
  async function both(one: string, other: string): Promise<string> {
    const found = await said(
      `  line:\n  - {name: one, path: /f, ${one}}\n  - {name: other, path: /f, ${other}}\n`,
    );
    assert(found.length === 1, `${one} and ${other}: ${JSON.stringify(found)}`);
    return found[0] ?? "";
  }
  assertStringIncludes(await both("line: a", "line: a"), 'are for the same line, "/f: a"');
  assertStringIncludes(await both("line: a1, match: ^a", "line: a2, match: ^a"), "the same line");
  assertEquals(
    await both("line: a1, match: ^a", "line: a2"),
    '5: line[other] and line[one] contradict each other: match "^a" of the one replaces "a2" of ' +
      "the other (the other is on line 4)",
  );
  assertStringIncludes(await both('line: a, match: "."', "block: b"), "contradict each other");
  assertStringIncludes(await both("match: ^a, state: absent", "line: ab"), 'removes "ab"');
  assertStringIncludes(
    await both("line: a, match: x, state: absent", "line: a"),
    '"a" should be absent by the one and there by the other',
  );
  assert(!(await both("match: ^S, state: absent", "line: S3CRET, sensitive: true")).includes("S3"));
});

Deno.test("lines that go together are no mistake, nor are those of two files", async () => {
  assertEquals(
    await said(`  line:
  - {name: one, path: /f, line: a, match: "^#?a"}
  - {name: two, path: /f, line: b, match: "^#?b"}
  - {name: three, path: /f, block: "a"}
  - {name: four, path: /g, line: a2}
  - {name: five, path: /f, match: "^c", state: absent}
`),
    [],
  );
});

Deno.test("a thousand lines of one file are compared in a moment", async () => {
  const lines = Array.from(
    { length: 1000 },
    (_, index) =>
      `  - {name: l${index}, path: /f, line: "key${index} = 1", match: "^key${index} "}\n`,
  );
  const startMs = processorMs();
  assertEquals(await said(`  line:\n${lines.join("")}`), []);
  assert(processorMs() - startMs < 20_000);
});
