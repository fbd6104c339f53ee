import { assertEquals } from "@std/assert";
import { assert, property } from "fast-check";
import * as arbitrary from "fast-check";
import { LineSplitter, lineText } from "../../../src/base/line_splitter.ts";

const encoder = new TextEncoder();

function split(chunks: readonly (string | Uint8Array)[], limitBytes = 4096): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(limitBytes, (line) => lines.push(lineText(line)));
  for (const chunk of chunks) {
    splitter.push(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
  }
  splitter.end();
  return lines;
}

Deno.test("lines are the same however the bytes are cut into pieces", () => {
  const lines = arbitrary.array(arbitrary.string({ unit: "grapheme", maxLength: 30 }));
  const cuts = arbitrary.array(arbitrary.nat(40));
  assert(property(lines, cuts, (texts, sizes) => {
    const bytes = encoder.encode(texts.join("\n"));
    const chunks: Uint8Array[] = [];
    let at = 0;
    for (const size of sizes) chunks.push(bytes.subarray(at, at += size));
    chunks.push(bytes.subarray(at));
    assertEquals(split(chunks), split([bytes]));
  }));
});

Deno.test("the last line counts without a line end, and an empty line counts", () => {
  assertEquals(split(["a\n\nb"]), ["a", "", "b"]);
  assertEquals(split(["a\n"]), ["a"]);
  assertEquals(split([]), []);
});

Deno.test("a long line is cut, says how much is missing, and the next is whole", () => {
  const lines = split(["x".repeat(10), "x".repeat(10), "\nshort\n"], 8);
  assertEquals(lines, ["xxxxxxxx… (12 more bytes)", "short"]);
});

Deno.test("a line that ends exactly at the limit is whole", () => {
  assertEquals(split(["12345678\n", "1234", "5678"], 8), ["12345678", "12345678"]);
});

Deno.test("a cut never leaves half a character", () => {
  assertEquals(split(["aaaaaaä€\n"], 7), ["aaaaaa… (5 more bytes)"]);
  assertEquals(split(["aaaa€bb\n"], 7), ["aaaa€… (2 more bytes)"]);
});

Deno.test("what is no UTF-8 is replaced, and control characters are made visible", () => {
  assertEquals(split([new Uint8Array([0x61, 0xff, 0xfe, 0x62])]), ["a\ufffd\ufffdb"]);
  assertEquals(split(["\x1b[2Jgone\x07\0 \u009b1m"]), ["␛[2Jgone␇␀ �1m"]);
  assertEquals(split(["a\u202eb\u2028c"]), ["a�b�c"]);
  assertEquals(split(["end of line\r\n50%\r100%\n"]), ["end of line", "50%␍100%"]);
});
