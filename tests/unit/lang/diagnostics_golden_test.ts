/**
 * Every `tests/golden/diagnostics/NAME.yaml` and what is said of it, `NAME.txt`. With
 * `MGMT_UPDATE_GOLDENS=1` the texts are written anew; read the difference before committing it.
 */

import { assert, assertEquals } from "@std/assert";
import { renderDiagnostic } from "../../../src/base/diagnostic_render.ts";
import { decodeGraphFile } from "../../../src/lang/yaml/decode.ts";
import { registry } from "./kinds.ts";
import { loadText } from "../../support/load_text.ts";

const DIRECTORY = new URL("../../golden/diagnostics/", import.meta.url);
const UPDATE = Deno.env.get("MGMT_UPDATE_GOLDENS") === "1";

const names = [...Deno.readDirSync(DIRECTORY)].map(({ name }) => name)
  .filter((name) => name.endsWith(".yaml")).map((name) => name.slice(0, -".yaml".length)).sort();

async function said(name: string): Promise<string> {
  const file = `${name}.yaml`;
  const decoded = decodeGraphFile(Deno.readFileSync(new URL(file, DIRECTORY)), file);
  const source = decoded.ok ? decoded.text : undefined;
  const outcome = decoded.ok
    ? await loadText(decoded.text, { file, directory: "/graphs", registry })
    : decoded;
  const diagnostics = outcome.ok
    ? "loaded" in outcome ? outcome.loaded.warnings : []
    : outcome.diagnostics;
  const verdict = outcome.ok ? "accepted\n" : "refused\n";
  return verdict +
    diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, source, { color: false }) + "\n")
      .join("");
}

Deno.test("there are golden diagnostics for many different mistakes", () => {
  assert(names.length >= 35);
});

for (const name of names) {
  Deno.test(`the diagnostics of ${name}.yaml are as agreed`, async () => {
    const path = new URL(`${name}.txt`, DIRECTORY);
    const actual = await said(name);
    if (UPDATE) Deno.writeTextFileSync(path, actual);
    assertEquals(actual, Deno.readTextFileSync(path));
  });
}
