/** Every example of the project and of the kinds is a graph file without a mistake. */

import { assert, assertEquals } from "@std/assert";
import { renderDiagnostic } from "../../../src/base/diagnostic_render.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

const EXAMPLES = new URL("../../../examples/", import.meta.url);

const texts: [string, string][] = [
  ...[...Deno.readDirSync(EXAMPLES)].filter(({ name }) => name.endsWith(".yaml"))
    .map(({ name }): [string, string] => [name, Deno.readTextFileSync(new URL(name, EXAMPLES))]),
  ...[...registry.values()].flatMap(({ kind, examples }) =>
    examples.map((text, index): [string, string] => [`example ${index + 1} of ${kind}`, text])
  ),
];

for (const [name, text] of texts) {
  Deno.test(`${name} is accepted`, async () => {
    const outcome = await loadText(text, { file: name, directory: EXAMPLES.pathname, registry });
    const said = (outcome.ok ? outcome.loaded.warnings : outcome.diagnostics)
      .filter(({ severity }) => severity === "error")
      .map((diagnostic) => renderDiagnostic(diagnostic, text, { color: false }));
    assertEquals(said, []);
    assert(outcome.ok);
  });
}

Deno.test("every kind of the registry is there by its own name, and shows itself", () => {
  for (const [name, kind] of registry) {
    assertEquals(name, kind.kind);
    assert(kind.examples.length > 0, `${name} has no examples`);
    assert(kind.summary.length > 0);
    for (const [field, schema] of Object.entries(kind.fields)) {
      assert(schema.summary.length > 0, `${name}.${field} has no summary`);
      assert(schema.typeText.length > 0, `${name}.${field} has no type`);
    }
  }
});
