/** What holds for every file and every wish. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { editLines } from "../../../src/resources/line/edit.ts";
import type { LineParams, LineWish } from "../../../src/resources/line/params.ts";
import { loadPatterns } from "../../../src/resources/line/pattern.ts";
import { joinLines, splitLines } from "../../../src/resources/shared/parts/text.ts";

type Wanted = Pick<LineParams, "wish" | "absent" | "place" | "path">;

const word = fc.constantFrom("a", "b", "ab", "# BEGIN mgmt n", "# END mgmt n", "", "ä");
const text = fc.array(fc.tuple(word, fc.constantFrom("\n", "\r\n")), { maxLength: 8 })
  .chain((lines) =>
    fc.constantFrom(...["", "a", "# END mgmt n"].map((last) => lines.flat().join("") + last))
  );
const pattern = fc.constantFrom("a", "^b$", ".", "^$", "mgmt");
const WHICH = ["one", "first", "last", "all"] as const;
const ONE = { which: fc.constant("one" as const), groups: fc.constant(false) };
const wanted: fc.Arbitrary<Wanted> = fc.record({
  wish: fc.oneof<fc.Arbitrary<LineWish>[]>(
    fc.record({
      type: fc.constant("line" as const),
      text: fc.constantFrom("a", "b", "new"),
      ...ONE,
    }),
    fc.record({
      type: fc.constant("line" as const),
      text: fc.constantFrom("a", "b", "new"),
      match: pattern,
      which: fc.constantFrom(...WHICH),
      groups: fc.constant(false),
    }),
    fc.record({
      type: fc.constant("block" as const),
      lines: fc.array(fc.constantFrom("a", "x", ""), { maxLength: 3 }),
      begin: fc.constant("# BEGIN mgmt n"),
      end: fc.constant("# END mgmt n"),
    }),
  ),
  absent: fc.boolean(),
  place: fc.oneof(
    fc.constant({ type: "end" as const }),
    fc.constant({ type: "beginning" as const }),
    fc.record({ type: fc.constantFrom("after" as const, "before" as const), pattern }),
  ),
  path: fc.constant("/f"),
});

const encode = (from: string) => new TextEncoder().encode(from);

Deno.test("a text taken apart and put together is what it was", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    assertEquals([...joinLines(splitLines(bytes))], [...bytes]);
  }));
});

Deno.test("what was changed needs no further change", async () => {
  await loadPatterns();
  fc.assert(
    fc.property(text, wanted, (before, params) => {
      const { mark, lines } = splitLines(encode(before));
      const edit = editLines(lines, params);
      if (!edit.ok || edit.value === undefined) return;
      const after = splitLines(joinLines({ mark, lines: edit.value.lines }));
      const again = editLines(after.lines, params);
      assert(again.ok && again.value === undefined, JSON.stringify(again));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("lines that nobody spoke of keep their bytes and their order", async () => {
  await loadPatterns();
  fc.assert(
    fc.property(text, wanted, (before, params) => {
      const { lines } = splitLines(encode(before));
      const edit = editLines(lines, params);
      if (!edit.ok || edit.value === undefined) return;
      const kept = edit.value.lines.filter((line) => lines.includes(line));
      assertEquals(kept, lines.filter((line) => kept.includes(line)));
      const { wish, absent } = params;
      if (wish.type !== "line" || wish.match !== undefined) return;
      // A last line without an end may have got one.
      const gone = lines.filter((line) => !kept.includes(line) && line.end !== "");
      assert(gone.every(({ text }) => absent && text === wish.text));
    }),
    { numRuns: 1000 },
  );
});
