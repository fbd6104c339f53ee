import { assertEquals } from "@std/assert";
import { marksOf } from "../../../scripts/testing/marks.ts";

Deno.test("a file's marks are read with their reasons", () => {
  const text =
    "// exclusive: it counts milliseconds\n// both runtimes: it forks\n\nimport {} from 'x';";
  assertEquals(marksOf(text), { exclusive: "it counts milliseconds", bothRuntimes: "it forks" });
});

Deno.test("a mark without a reason is one with an empty reason, for the rules of style to find", () => {
  assertEquals(marksOf("// exclusive:\nimport {} from 'x';"), { exclusive: "" });
});

Deno.test("what is no mark, or stands below the head, is none", () => {
  assertEquals(marksOf("import {} from 'x';\n// exclusive: too late\n"), {});
  assertEquals(marksOf("// some words: about it\n\nimport {} from 'x';"), {});
});
