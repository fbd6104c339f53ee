import { assert, assertEquals, assertStringIncludes } from "@std/assert";
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
    assertStringIncludes(text, "·");
  }
  const other = renderDiagnostic(
    { severity: "error", file: "g.yaml", line: 8, column: 5, message: "wrong" },
    SOURCE,
    { color: false },
  );
  assertStringIncludes(other, "moode");
});

Deno.test("nor one that may be the content of a file that not everybody may read, or a command", () => {
  const modes = ['"0600"', "0640", '"u=rw,g=r,o="', "go-rwx"];
  const key = (mode: string) => `  - name: key\n    mode: ${mode}\n`;
  const content = "    contnet: S3CRET\n    content: |\n      PASSWORD: S3CRET\n      S3CRET\n";
  const sources = [
    ...modes.map((mode) => `resources:\n  file:\n${key(mode)}${content}`),
    "resources:\n  exec:\n  - name: login\n    sensitive: true\n    cmd: login S3CRET\n" +
    "    env: {TOKEN: S3CRET}\n    env:\n      TOKEN: S3CRET\n",
  ];
  for (const source of sources) {
    for (const line of source.split("\n").keys()) {
      const about = { severity: "error", file: "g.yaml", column: 5, message: "wrong" } as const;
      const text = renderDiagnostic({ ...about, line: line + 1 }, source, { color: false });
      assert(!text.includes("S3CRET"), text);
    }
  }
  const open = `resources:\n  file:\n${key('"0644"')}${content}`;
  const about = {
    severity: "error",
    file: "g.yaml",
    line: 5,
    column: 5,
    message: "wrong",
  } as const;
  assertStringIncludes(renderDiagnostic(about, open, { color: false }), "S3CRET");
});

Deno.test("what a mistake is about is shown where it is a key, or the name of a value", () => {
  const source = `graph: g
values: {port: 80}
resources:
  file:
  - name: /a
    mode: "0640"
    content: |
      S3CRET \${prot} S3CRET
    contnet: "S3CRET \${port}"
`;
  const excerpt = (line: number) =>
    renderDiagnostic(
      { severity: "error", file: "g.yaml", line, column: 14, length: 7, message: "wrong" },
      source,
      { color: false },
    ).split("\n").slice(1);
  assertEquals(excerpt(8), ["   8 |       ·······${prot}·······", "     |              ^^^^^^^"]);
  assertEquals(excerpt(9)[0], "   9 |     contnet: ········${port}·");
  const without = source.replace("values: {port: 80}", "");
  const text = renderDiagnostic(
    { severity: "error", file: "g.yaml", line: 8, message: "wrong" },
    without,
    { color: false },
  );
  assert(!text.includes("prot"), "without values it may be a part of a secret");
});
