import { assertEquals } from "@std/assert";
import { cutToColumns } from "../../../src/base/columns.ts";

Deno.test("a text is cut where a terminal's columns end, and says so", () => {
  assertEquals(cutToColumns("hello", 5), "hello");
  assertEquals(cutToColumns("hello!", 5), "hell…");
  assertEquals(cutToColumns("hello", 1), "…");
  assertEquals(cutToColumns("hello", 0), "");
  assertEquals(cutToColumns("", 0), "");
});

Deno.test("wide characters take two columns, marks none, and what no language has is left out", () => {
  assertEquals(cutToColumns("世界世界", 8), "世界世界");
  assertEquals(cutToColumns("世界世界", 7), "世界世…");
  assertEquals(cutToColumns("世界世界", 6), "世界…");
  assertEquals(cutToColumns("✅ok", 4), "✅ok");
  assertEquals(cutToColumns("✅ok", 3), "✅…");
  const accent = "e\u0301";
  assertEquals(cutToColumns(accent.repeat(3), 3), accent.repeat(3));
  assertEquals(cutToColumns(accent.repeat(4), 3), `${accent.repeat(2)}…`);
  assertEquals(cutToColumns(`a${"\u0301".repeat(5000)}b`, 2), `a${"\u0301".repeat(8)}b`);
});
