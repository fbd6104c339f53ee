import { assert, assertEquals } from "@std/assert";
import { loadGraph } from "../../../src/lang/load.ts";
import { registry } from "../../../src/resources/registry.ts";

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
  const outcome = await loadGraph(EXPORTS, { file: "g.yaml", directory: "/graphs", registry });
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
