import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { decodeGraphFile } from "../../../src/lang/yaml/decode.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function firstMistake(bytes: Uint8Array) {
  const decoded = decodeGraphFile(bytes, "g.yaml");
  assert(!decoded.ok);
  return decoded.diagnostics[0]!;
}

Deno.test("UTF-8 becomes text, with or without a byte order mark", () => {
  assertEquals(decodeGraphFile(encode("graph: ü"), "g.yaml"), { ok: true, text: "graph: ü" });
  assertEquals(decodeGraphFile(encode("\ufeffgraph: a"), "g.yaml"), { ok: true, text: "graph: a" });
  assertEquals(decodeGraphFile(new Uint8Array(), "g.yaml"), { ok: true, text: "" });
});

Deno.test("the first byte that is not UTF-8 is named by line and column", () => {
  const bytes = new Uint8Array([...encode("graph: ü\ncomment: caf"), 0xe9, ...encode("\nx: 1\n")]);
  const { line, column, message } = firstMistake(bytes);
  assertEquals({ line, column, message }, { line: 2, column: 13, message: "this is not UTF-8" });
});

Deno.test("a character that the end of the file cuts is not UTF-8", () => {
  const { line, column } = firstMistake(encode("graph: ü").slice(0, -1));
  assertEquals({ line, column }, { line: 1, column: 8 });
});

Deno.test("UTF-16 is recognised", () => {
  const { message } = firstMistake(new Uint8Array([0xff, 0xfe, 0x67, 0]));
  assertEquals(message, "the file is UTF-16; a graph file must be UTF-8");
});

Deno.test("a file larger than allowed is refused", () => {
  const { message } = firstMistake(new Uint8Array(LIMITS.graphFileBytes + 1));
  assertEquals(message, "the file is larger than 16 MiB");
});
