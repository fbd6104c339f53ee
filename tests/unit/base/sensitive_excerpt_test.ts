import { assert, assertStringIncludes } from "@std/assert";
import { renderDiagnostic } from "../../../src/base/diagnostic_render.ts";

const SOURCE = `graph: g
resources:
  file:
  - name: secret
    sensitive: true
    content: |
      S3CRET
    moode: "0600"
  - {name: other, sensitive: true, content: "S3CRET", mode: 12}
`;

Deno.test("an excerpt never shows a line that may be the content of something sensitive", () => {
  for (const line of [6, 7, 9]) {
    const text = renderDiagnostic(
      { severity: "error", file: "g.yaml", line, column: 5, message: "wrong" },
      SOURCE,
      { color: false },
    );
    assert(!text.includes("S3CRET"), text);
    assertStringIncludes(text, "not shown");
  }
  const other = renderDiagnostic(
    { severity: "error", file: "g.yaml", line: 8, column: 5, message: "wrong" },
    SOURCE,
    { color: false },
  );
  assertStringIncludes(other, "moode");
});
