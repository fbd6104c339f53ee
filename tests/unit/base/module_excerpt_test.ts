import { assertEquals } from "@std/assert";
import { renderDiagnostic } from "../../../src/base/diagnostic_render.ts";

/** The line that is shown of the first place at which the text has the word. */
function shown(source: string, word: string): string {
  const before = source.slice(0, source.indexOf(word)).split("\n");
  const [line, column] = [before.length, before.at(-1)!.length + 1];
  const said = { severity: "error", file: "site.ts", line, column, message: "m" } as const;
  const [, excerpt = "", caret = ""] = renderDiagnostic(said, source, { color: false }).split("\n");
  assertEquals(caret.length - 1, excerpt.indexOf("| ") + 1 + column);
  return excerpt.slice(excerpt.indexOf("| ") + 2);
}

const SIGN = `file("/key", { mode: "0600" });\n`;

Deno.test("a module without sensitive parts is shown as it is", () => {
  assertEquals(shown(`const a = "b" + c;`, "c;"), `const a = "b" + c;`);
});

for (
  const [source, word, expected] of [
    [`const a = "hush" + c;`, "c;", `const a = "····" + c;`],
    [`const a = 'it\\'s' + c; // "d"`, "c;", `const a = '·····' + c; // "d"`],
    [
      "const a = `x${f({ a: `hush` }) + c}y` + d;",
      "c}",
      "const a = `·${f({ a: `····` }) + c}·` + d;",
    ],
    ["const a = `one\ntwo c\n` + d;", "c\n", "·····"],
    ["const a = `one\n${b}hush` + d;", "d;", "${b}····` + d;"],
    [
      `/* it's "so */ a("hush", c); // don't\nb(e);`,
      "c);",
      `/* it's "so */ a("····", c); // don't`,
    ],
    [`// don't\nb("hush", e);`, "e);", `b("····", e);`],
    [`line("ab`, "ab", `line("··`],
  ] as const
) {
  Deno.test(`of a module with sensitive parts no text is shown: ${expected}`, () => {
    assertEquals(shown(`${source}\n${SIGN}`, word), expected);
  });
}

Deno.test("lines of a module end as its editor wrote them, and may begin with a mark", () => {
  assertEquals(shown(`\ufeffa("b", c);\r\n${SIGN}`, "c"), `a("·", c);`);
});
