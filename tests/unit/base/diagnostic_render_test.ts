import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { Diagnostic } from "../../../src/base/diagnostic.ts";
import { renderDiagnostic } from "../../../src/base/diagnostic_render.ts";

const PLAIN = { color: false };
const base = { severity: "error", file: "g.yaml", message: "wrong" } as const;

Deno.test("a diagnostic shows place, message, line, caret and hint", () => {
  const diagnostic: Diagnostic = { ...base, line: 2, column: 8, length: 4, hint: "right" };
  assertEquals(
    renderDiagnostic(diagnostic, "graph: g\n  mode: 0644\n", PLAIN),
    [
      "g.yaml:2:8: error: wrong",
      "   2 |   mode: 0644",
      "     |        ^^^^",
      "  hint: right",
    ].join("\n"),
  );
});

Deno.test("without a line, or without the text, there is no excerpt", () => {
  assertEquals(renderDiagnostic(base, "graph: g\n", PLAIN), "g.yaml: error: wrong");
  const placed = { ...base, severity: "warning", line: 1, column: 1 } as const;
  assertEquals(renderDiagnostic(placed, undefined, PLAIN), "g.yaml:1:1: warning: wrong");
  assertEquals(
    renderDiagnostic({ ...base, line: 9 }, "graph: g\n", PLAIN),
    "g.yaml:9: error: wrong",
  );
});

Deno.test("the caret stands below its character after wide characters and tabs", () => {
  const text = "日本\t: x";
  const [, line, caret] = renderDiagnostic({ ...base, line: 1, column: 6 }, text, PLAIN).split(
    "\n",
  );
  assertEquals(line, "   1 | 日本 : x");
  assertEquals(caret, "     |        ^");
});

Deno.test("of a long line only the part around the place is shown", () => {
  const text = `${"a".repeat(500)}X${"b".repeat(500)}`;
  const lines = renderDiagnostic({ ...base, line: 1, column: 501 }, text, PLAIN).split("\n");
  assert(lines[1]!.length < 120);
  assertEquals(lines[1]![lines[2]!.indexOf("^")], "X");
});

Deno.test("control characters of the text, the file's name and the message do not come through", () => {
  const diagnostic = { ...base, file: "g\x1b]0;.yaml", message: "a\x07b", line: 1, column: 1 };
  const text = renderDiagnostic(diagnostic, "x\x1b[2J\u202ey\r\n", PLAIN);
  // deno-lint-ignore no-control-regex -- exactly those are looked for
  assertFalse(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(text));
  assertStringIncludes(text, "x␛[2J�y");
});

Deno.test("colors are used only when they are asked for", () => {
  const diagnostic = { ...base, line: 1, column: 1 };
  assertStringIncludes(renderDiagnostic(diagnostic, "x", { color: true }), "\x1b[1;31merror:");
  assertFalse(renderDiagnostic(diagnostic, "x", PLAIN).includes("\x1b"));
});
