/** What holds for values in any file of TOML. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { stringify } from "smol-toml";
import { TOML_FORMAT } from "../../../../src/resources/toml/format.ts";
import {
  changed,
  type DataValue,
  findAt,
  isSame,
} from "../../../../src/resources/shared/parts/data/value.ts";

const value: fc.Arbitrary<DataValue> = fc.letrec<{ value: DataValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<DataValue>(1, "x", true, -1.5, "", "# no", "two\nlines", 'a"b'),
    fc.array(fc.constantFrom<DataValue>(1, "x", true, "#"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c d"), tie("value"), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;
const root = fc.dictionary(fc.constantFrom("a", "b", "c d"), value, {
  maxKeys: 3,
  noNullPrototype: true,
});
const place = fc.array(fc.constantFrom<string | number>("a", "b", "c d", 0, 1), {
  minLength: 1,
  maxLength: 3,
});

Deno.test("whatever is set in TOML or taken away, the text then says that, as the other reader sees it", () => {
  let [written, all] = [0, 0];
  fc.assert(
    fc.property(root, place, value, fc.boolean(), (whole, at, wish, sets) => {
      const before = stringify(whole);
      const found = findAt(whole, at);
      if (!found.ok || (found.value.type === "missing" && !sets)) return;
      if (found.value.type === "missing" && found.value.rest.length > 0) return;
      const change = sets
        ? { type: "set" as const, at: found.value.at, value: wish }
        : { type: "remove" as const, at: found.value.at };
      all++;
      const after = TOML_FORMAT.write(before, change);
      const read = after === undefined ? undefined : TOML_FORMAT.read(after);
      if (read?.ok && isSame(read.whole, changed(whole, change))) written++;
    }),
    { numRuns: 3000 },
  );
  // The editor is others' work, and what it got wrong would be seen before it is written.
  assertEquals(written, all);
  assert(all > 300);
});
