import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { exportedValue } from "../../../src/cluster/exchange/exported_value.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

const EXPORTS = `graph: a
resources:
  file:
  - name: "@@link"
    path: /tmp/a/link
    target: /tmp/b
  - name: "@@copy"
    path: /tmp/a/copy
    source: copy
  - name: "@@directory"
    path: /tmp/a/directory/
  - name: "@@/tmp/a/by-name/"
  - name: "@@secret"
    path: /tmp/a/secret
    content: s
    sensitive: true
  - name: "@@fine"
    path: /tmp/a/fine
    content: "fine\\n"
    target: ''
    sensitive: false
`;

Deno.test("an export that no host can take, or that all can read, is told with its place when it is loaded", async () => {
  const outcome = await loadText(EXPORTS, { file: "g.yaml", directory: "/graphs", registry });
  assert(outcome.ok && "loaded" in outcome);
  const { offers, warnings } = outcome.loaded;
  assertEquals(offers.length, 6, "it is exported nevertheless");
  const cannot = "it is exported, but no host can take it: ";
  assertEquals(
    warnings.map(({ severity, line, message }) => `${severity} ${line}: ${message}`),
    [
      `warning 6: file[@@link]: ${cannot}it is a link`,
      `warning 9: file[@@copy]: ${cannot}its source is a file of its host`,
      `warning 11: file[@@directory]: ${cannot}it is a directory`,
      `warning 12: file[@@/tmp/a/by-name/]: ${cannot}it is a directory`,
      "warning 16: file[@@secret]: it is exported: all hosts of the cluster can read it, " +
      "and it travels as plain text",
    ],
  );
});

Deno.test("an export that is too large for the cluster is told with its place when it is loaded", async () => {
  const load = async (length: number) => {
    const graph = `graph: a
resources:
  file:
  - name: "@@large"
    path: /tmp/a/large
    content: ${"x".repeat(length)}
`;
    const outcome = await loadText(graph, { file: "g.yaml", directory: "/graphs", registry });
    assert(outcome.ok && "loaded" in outcome);
    return outcome.loaded;
  };
  const [empty] = (await load(1)).offers;
  const id = "0123456789abcdef".repeat(2);
  const stored = exportedValue(id, empty!);
  assert(stored.ok);
  const most = LIMITS.exportedBytes - stored.value.length + 1;
  for (const [length, isExported] of [[most, true], [most + 1, false]] as const) {
    const { offers, warnings } = await load(length);
    assertEquals(exportedValue(id, offers[0]!).ok, isExported);
    assertEquals(
      warnings.map(({ line, message }) => `${line}: ${message}`),
      isExported
        ? []
        : ["4: file[@@large]: it is not exported: it has 524289 bytes, more than 524288"],
    );
  }
});
