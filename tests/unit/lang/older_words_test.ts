/** Graphs as the first version had them, and fields of later ones. */

import { assert, assertEquals } from "@std/assert";
import type { LoadedGraph } from "../../../src/lang/load.ts";
import { mergeDocuments } from "../../../src/lang/merge.ts";
import { readDocument } from "../../../src/lang/yaml/document.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

const OPTIONS = { file: "g.yaml", directory: "/", registry };

const FIRST = `---
graph: mygraph
types:
  noop:
  - name: noop1
    comment: only here for the edge
  file:
  - {name: file1, path: /tmp/a/f1, content: x, state: exists}
  - {name: "@@file2", path: /tmp/a/f2, content: x, state: exists}
collect:
- {type: file, pattern: /tmp/a/}
edges:
- name: e1
  from: {type: noop, name: noop1}
  to: {type: file, name: file1}
remote: ''
`;

async function load(text: string): Promise<LoadedGraph> {
  const outcome = await loadText(text, OPTIONS);
  assert(outcome.ok, outcome.ok ? "" : JSON.stringify(outcome.diagnostics));
  return outcome.loaded;
}

Deno.test("types and type mean the same as resources and kind, and places are where they stand", async () => {
  const old = await load(FIRST);
  const ours = await load(
    FIRST.replace("types:", "resources:").replaceAll("type:", "kind:").replace("remote: ''\n", ""),
  );
  const keys = ({ graph }: LoadedGraph) => [...graph.vertices.keys()];
  assertEquals(keys(old), ["noop[noop1]", "file[file1]"]);
  assertEquals(keys(old), keys(ours));
  assertEquals(old.graph.edges, ours.graph.edges);
  assertEquals([old.collects, old.offers], [ours.collects, ours.offers]);
  assertEquals(await old.placeOf("file[file1]"), {
    file: "g.yaml",
    path: "/g.yaml",
    line: 8,
    column: 12,
  });
});

Deno.test("a file in older words is a part of a graph like any other", async () => {
  const parts = await Promise.all(
    [FIRST, "resources:\n  file:\n  - {name: /tmp/b, content: x, mode: 0o640}\n"].map(
      async (text, index) => {
        const file = `${index}.yaml`;
        const read = await readDocument(text, { file });
        assert(read.ok);
        return { file, path: `/d/${file}`, document: read.document };
      },
    ),
  );
  const { document } = await mergeDocuments(parts, { name: "all", host: "h" });
  assertEquals(document.mistakes ?? [], []);
  const spot = await document.locate(["resources", "file", 0, "name"], "value");
  assertEquals([spot?.line, spot?.source], [8, "file1"]);
});

for (
  const [kind, field, hint] of [
    ["msg", "journal: true", "leave it out: the journal"],
    ["cron", "trigger: OnCalendar", "leave it out: schedule"],
    ["cron", 'time: "*:0"', "write schedule: TIME"],
    ["user", "allowduplicateuid: false", "leave it out: a number"],
    ["file", "symlink: /x", "write target: PATH"],
    ["line", "mode: 0644", "write it in a file resource of the same path"],
    ["noop", "noop: true", "write it below meta"],
  ] as const
) {
  Deno.test(`${field} of a ${kind} is refused with what to write instead`, async () => {
    const text = `graph: g\nresources:\n  ${kind}:\n  - {name: a, ${field}}\n`;
    const outcome = await loadText(text, OPTIONS);
    assert(!outcome.ok);
    const hints = outcome.diagnostics.map((each) => each.hint ?? "");
    assert(hints.some((each) => each.startsWith(hint)), JSON.stringify(outcome.diagnostics));
  });
}
