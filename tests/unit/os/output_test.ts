import { assertEquals } from "@std/assert";
import { assert, property } from "fast-check";
import * as arbitrary from "fast-check";
import { ProcessOutput } from "../../../src/os/process/output.ts";

const encoder = new TextEncoder();

function collect(chunks: readonly Uint8Array[], lineLimit: number) {
  const shown: string[] = [];
  const output = new ProcessOutput({
    line: (line) => shown.push(line),
    lineLimit,
    lineBytes: 4096,
  });
  for (const chunk of chunks) output.push("stdout", chunk);
  output.end();
  return { shown, lines: output.lines, tail: output.tail() };
}

Deno.test("beyond the limit the count and the last lines are as exact as before it", () => {
  const lines = arbitrary.array(arbitrary.constantFrom("", "a", "bcd", "ef gh"), { maxLength: 40 });
  const sizes = arbitrary.array(arbitrary.nat(20), { maxLength: 40 });
  const ending = arbitrary.constantFrom("", "\n", "rest");
  assert(property(lines, sizes, ending, arbitrary.nat(12), (texts, cuts, end, limit) => {
    const bytes = encoder.encode(texts.map((text) => `${text}\n`).join("") + end);
    const chunks: Uint8Array[] = [];
    let at = 0;
    for (const size of cuts) chunks.push(bytes.subarray(at, at += size));
    chunks.push(bytes.subarray(at));
    const all = collect(chunks, Infinity);
    const some = collect(chunks, limit);
    assertEquals(some.lines, all.lines);
    assertEquals(some.tail, all.shown.slice(-5));
    const hidden = all.lines - limit;
    const more = hidden > 0 ? [`… ${hidden} more line${hidden === 1 ? "" : "s"}`] : [];
    assertEquals(some.shown, [...all.shown.slice(0, limit), ...more]);
  }));
});
