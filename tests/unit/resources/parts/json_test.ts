/** Values in files of JSON: what is written, and that all else stays. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import json from "../../../../src/resources/json/kind.ts";
import { JSON_FORMAT } from "../../../../src/resources/json/format.ts";
import type { DataFields } from "../../../../src/resources/shared/parts/data/data_fields.ts";
import {
  changed,
  type DataValue,
  findAt,
  isSame,
} from "../../../../src/resources/shared/parts/data/value.ts";
import { inKindWorld, resolving, resourceOf } from "../../../support/kind_world.ts";

type Fields = Omit<DataFields, "path">;

function becomes(before: string, fields: Fields, after: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    await (await resourceOf(json, world, { path, ...fields })).heal();
    assertEquals(world.text("f"), after);
  });
}

function refused(before: string, fields: Fields, code: string, words: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    const failure = await (await resourceOf(json, world, { path, ...fields })).refuse();
    assertEquals(failure.code, code);
    assertStringIncludes(failure.message, words);
    assertEquals(world.text("f"), before);
  });
}

const TEXT = `{
  // what it is
  "name": "a", // its name
  "list": [1, 2],
  "deep": {
    "on": true /* yes */
  },
  "empty": {},
  "big": 12345678901234567890
}
`;

Deno.test("a value takes the place of another, and comments and layout stay", async () => {
  await becomes(TEXT, { at: "name", value: "b" }, TEXT.replace('"a"', '"b"'));
  await becomes(TEXT, { at: "name", value: "a" }, TEXT);
  await becomes(TEXT, { at: "list.1", value: 3 }, TEXT.replace("2]", "3]"));
  await becomes(TEXT, { at: ["deep", "on"], value: false }, TEXT.replace("true", "false"));
  const map = '"name": {\n    "x": [\n      1\n    ]\n  },';
  await becomes(TEXT, { at: "name", value: { x: [1] } }, TEXT.replace('"name": "a",', map));
});

Deno.test("what is new stands behind the last, in the layout that is there", async () => {
  await becomes(
    TEXT,
    { at: "deep.off", value: "x" },
    TEXT.replace("true /* yes */", 'true, /* yes */\n    "off": "x"'),
  );
  await becomes(TEXT, { at: "empty.a", value: 1 }, TEXT.replace("{},", '{\n    "a": 1\n  },'));
  await becomes(TEXT, { at: "list.2", value: 9 }, TEXT.replace("2]", "2, 9]"));
  await becomes(
    TEXT,
    { at: "new.deeper.key", value: true },
    TEXT.replace(
      "890\n",
      '890,\n  "new": {\n    "deeper": {\n      "key": true\n    }\n  }\n',
    ),
  );
  await becomes('{"a":1}', { at: "b", value: { c: 1 } }, '{"a":1, "b": {"c":1}}');
  await becomes('{"a":1,"b":2}', { at: "c", value: 3 }, '{"a":1,"b":2,"c": 3}');
  await becomes("{}", { at: "c", value: 3 }, '{"c": 3}');
  await becomes(
    '{\r\n\t"a": 1\r\n}',
    { at: "b", value: [1] },
    '{\r\n\t"a": 1,\r\n\t"b": [\r\n\t\t1\r\n\t]\r\n}',
  );
  await becomes(
    '{\n  "a": 1, // last\n}\n',
    { at: "b", value: 2 },
    '{\n  "a": 1, // last\n  "b": 2,\n}\n',
  );
  await becomes(
    '{\n  "a": 1 // last\n}\n',
    { at: "b", value: 2 },
    '{\n  "a": 1, // last\n  "b": 2\n}\n',
  );
});

Deno.test("what is taken away takes its line and its comma along, and nothing else", async () => {
  const gone = { state: "absent" as const };
  await becomes(TEXT, { at: "name", ...gone }, TEXT.replace('  "name": "a", // its name\n', ""));
  await becomes(TEXT, { at: "big", ...gone }, TEXT.replace(`,\n  "big": 12345678901234567890`, ""));
  await becomes(TEXT, { at: "list", item: 1, ...gone }, TEXT.replace("1, ", ""));
  await becomes(TEXT, { at: "list", item: 2, ...gone }, TEXT.replace(", 2", ""));
  await refused(TEXT, { at: "list.0", ...gone }, "not-stable", "would be changed again");
  await becomes(TEXT, { at: "deep.on", ...gone }, TEXT.replace('    "on": true /* yes */\n', ""));
  await becomes(TEXT, { at: "nothing.here", ...gone }, TEXT);
  await becomes(TEXT, { at: "name.x", ...gone }, TEXT);
  await becomes('{"a":1, "b":2}', { at: "a", ...gone }, '{"b":2}');
  await becomes('{"a":1, "b":2}', { at: "b", ...gone }, '{"a":1}');
});

Deno.test("an item is in its list, once, wherever it stands", async () => {
  await becomes(TEXT, { at: "list", item: 2 }, TEXT);
  await becomes(TEXT, { at: "list", item: 3 }, TEXT.replace("2]", "2, 3]"));
  await becomes(TEXT, { at: "list", item: 1, state: "absent" }, TEXT.replace("1, ", ""));
  await becomes("{}", { at: "a.b", item: "x" }, '{"a": {"b":["x"]}}');
  await becomes(
    '{"a": [{"x": 1, "y": 2}]}',
    { at: "a", item: { y: 2, x: 1 } },
    '{"a": [{"x": 1, "y": 2}]}',
  );
  await refused(TEXT, { at: "name", item: 1 }, "wrong-shape", "name of");
});

Deno.test("a file is made with create, and a byte order mark stays", async () => {
  await inKindWorld(async (world) => {
    const path = world.path("f");
    await (await resourceOf(json, world, { path, at: "a.b", value: 1, create: true })).heal();
    assertEquals(world.text("f"), '{\n  "a": {\n    "b": 1\n  }\n}\n');
  });
  await becomes('\ufeff{"a": 1}', { at: "a", value: 2 }, '\ufeff{"a": 2}');
  await becomes("\n", { at: "a", value: 2 }, '{\n  "a": 2\n}\n');
});

Deno.test("what cannot be read is said with its line and column, and stays", async () => {
  await refused(
    '{\n  "a": 1,\n  "b" 2\n}\n',
    { at: "a", value: 2 },
    "syntax",
    "line 3, column 7: colon",
  );
  await refused('{"a": 1, "a": 2}', { at: "a", value: 2 }, "syntax", "a key that is there twice");
  await refused("[1, 2", { at: "0", value: 2 }, "syntax", "line 1, column 6");
  await refused(
    '{"a": 5}',
    { at: "a.b", value: 2 },
    "wrong-shape",
    "a is neither a map nor a list",
  );
  await refused('{"a": [5]}', { at: "a.b", value: 2 }, "wrong-shape", '"b" is no index');
  await refused('{"a": [5]}', { at: "a.3", value: 2 }, "wrong-shape", "a list with only 1 entries");
});

Deno.test("resources that say different things of one value contradict each other", async () => {
  const params = async (fields: Fields) =>
    (await resolving(json, { path: "/f", ...fields })).params;
  const contradicts = async (one: Fields, other: Fields) =>
    json.contradicts?.(await params(one), { kind: "json", params: await params(other) }) !==
      undefined;
  assert(await contradicts({ at: "a", value: { b: 1 } }, { at: "a.b", value: 2 }));
  assert(await contradicts({ at: "a.b", value: 2 }, { at: "a", state: "absent" }));
  assert(await contradicts({ at: "a", value: [1] }, { at: "a", item: 2 }));
  assert(!(await contradicts({ at: "a", value: { b: 1 } }, { at: "a.b", value: 1 })));
  assert(!(await contradicts({ at: "a", value: [1] }, { at: "a", item: 1 })));
  assert(!(await contradicts({ at: "a", item: 2 }, { at: "a", item: 1 })));
  assert(!(await contradicts({ at: "a", value: 2 }, { at: "ab", value: 1 })));
});

Deno.test("fields that do not go together are said", async () => {
  const cases: readonly [Fields, string][] = [
    [{ at: "a" }, "value and item are missing"],
    [{ at: "a", value: 1, item: 2 }, "exclude each other"],
    [{ at: "a", value: 1, state: "absent" }, "value is not for what should be absent"],
    [{ at: "a", state: "absent", create: true }, "create is not for"],
    [{ at: ["a", 0], state: "absent" }, "an index that is gone"],
  ];
  for (const [fields, words] of cases) {
    const { issues } = await resolving(json, { path: "/f", ...fields });
    assertStringIncludes(issues.map(({ message }) => message).join("\n"), words);
  }
});

const value: fc.Arbitrary<DataValue> = fc.letrec<{ value: DataValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<DataValue>(1, "x", true, null, -1.5, "", "// no", "{,}"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c,"), tie("value"), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;
const root = fc.dictionary(fc.constantFrom("a", "b", "c,"), value, {
  maxKeys: 3,
  noNullPrototype: true,
});
const place = fc.array(fc.constantFrom<string | number>("a", "b", "c,", 0, 1), {
  minLength: 1,
  maxLength: 3,
});

Deno.test("whatever is set or taken away, the text then says that and all else as before", () => {
  fc.assert(
    fc.property(
      root,
      place,
      value,
      fc.constantFrom<number | string>(0, 2, "\t"),
      fc.boolean(),
      (whole, at, wish, indent, sets) => {
        const before = JSON.stringify(whole, undefined, indent);
        const found = findAt(whole, at);
        if (!found.ok || (found.value.type === "missing" && !sets)) return;
        if (found.value.type === "missing" && found.value.rest.length > 0) return;
        const change = sets
          ? { type: "set" as const, at: found.value.at, value: wish }
          : { type: "remove" as const, at: found.value.at };
        const written = JSON_FORMAT.write(before, change);
        assert(written !== undefined);
        const read = JSON_FORMAT.read(written);
        assert(read.ok && isSame(read.whole, changed(whole, change)), `${before} → ${written}`);
      },
    ),
    { numRuns: 2000 },
  );
});
