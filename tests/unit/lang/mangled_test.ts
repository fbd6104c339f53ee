/** Whatever a text is, loading it ends with a graph or with diagnostics that have real places. */

import { assert, assertGreater } from "@std/assert";
import * as fc from "fast-check";
import { renderDiagnostic } from "../../../src/base/diagnostic_render.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

const DIRECTORY = new URL("../../golden/diagnostics/", import.meta.url);

const texts = [...Deno.readDirSync(DIRECTORY)].filter(({ name }) => name.endsWith(".yaml"))
  .map(({ name }) => Deno.readTextFileSync(new URL(name, DIRECTORY)))
  .concat([...registry.values()].flatMap(({ examples }) => examples));

const snippet = fc.oneof(
  fc.constantFrom(
    ..."\t|\n|  |:|: |- |?|? |{|}|[|]|,|&a |*a|!!|!!str |!!binary |'|\"|#| #|---\n".split("|"),
  ),
  fc.constantFrom("|", ">", "@", "%", "\0", "\x1b", "\r", "\u2028", "\ufeff", "\ud800", "🎉", "<<"),
  fc.constantFrom("null", "~", "0", "1e999", ".nan", "true", "name: ", "__proto__: ", "@@"),
  fc.string({ unit: "binary", maxLength: 3 }),
);

const mangled = fc.tuple(
  fc.constantFrom(...texts),
  fc.array(fc.tuple(fc.nat(), fc.nat(6), snippet), { minLength: 1, maxLength: 4 }),
).map(([text, edits]) =>
  edits.reduce((whole, [position, removed, added]) => {
    const at = position % (whole.length + 1);
    return whole.slice(0, at) + added + whole.slice(at + removed);
  }, text)
);

Deno.test("a mangled graph file is accepted or refused with reasons, and never more", async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(mangled, async (text) => {
      const outcome = await loadText(text, { file: "g.yaml", directory: "/graphs", registry });
      const said = outcome.ok ? outcome.loaded.warnings : outcome.diagnostics;
      if (!outcome.ok) {
        refused++;
        assert(said.some(({ severity }) => severity === "error"));
      }
      const lines = text.split("\n");
      for (const diagnostic of said) {
        const { line = 1, column = 1, length = 1, message } = diagnostic;
        assert(message.length > 0 && length >= 1);
        assert(line >= 1 && line <= lines.length + 1, `line ${line}`);
        assert(column >= 1 && column <= (lines[line - 1] ?? "").length + 2, `column ${column}`);
        assert(!renderDiagnostic(diagnostic, text, { color: false }).includes("\x1b"));
      }
    }),
    { numRuns: 1000 },
  );
  assertGreater(refused, 100);
});
