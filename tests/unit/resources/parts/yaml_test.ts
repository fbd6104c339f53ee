/** Values in files of YAML. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { stringify } from "yaml";
import yaml from "../../../../src/resources/yaml/kind.ts";
import { YAML_FORMAT } from "../../../../src/resources/yaml/format.ts";
import type { DataFields } from "../../../../src/resources/shared/parts/data/data_fields.ts";
import {
  changed,
  type DataValue,
  findAt,
  isSame,
} from "../../../../src/resources/shared/parts/data/value.ts";
import { inKindWorld, resourceOf } from "../../../support/kind_world.ts";

type Fields = Omit<DataFields, "path">;

function becomes(before: string, fields: Fields, after: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    await (await resourceOf(yaml, world, { path, ...fields })).heal();
    assertEquals(world.text("f"), after);
  });
}

function refused(before: string, fields: Fields, code: string, words: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    const failure = await (await resourceOf(yaml, world, { path, ...fields })).refuse();
    assertEquals(failure.code, code);
    assertStringIncludes(failure.message, words);
    assertEquals(world.text("f"), before);
  });
}

const TEXT = `# of the whole file
a:   1   # one
b:
  # in b
  c: "x"
  d: [1, 2]  # flow

  e: {f: g}
l:
- x: 1
  y: 2
# before z
- z
t: |
  text
  more

n:
last: 'end' # the last
`;

Deno.test("a value of YAML takes the place of another, and comments, quotes and blanks stay", async () => {
  await becomes(TEXT, { at: "a", value: 2 }, TEXT.replace("a:   1", "a:   2"));
  await becomes(TEXT, { at: "b.c", value: "y" }, TEXT.replace('"x"', '"y"'));
  await becomes(TEXT, { at: "last", value: "it's" }, TEXT.replace("'end'", "'it''s'"));
  await becomes(TEXT, { at: "b.e.f", value: "h, i" }, TEXT.replace("f: g", 'f: "h, i"'));
  await becomes(TEXT, { at: "l.0.y", value: 3 }, TEXT.replace("y: 2", "y: 3"));
  await becomes(TEXT, { at: "l.1", value: "w" }, TEXT.replace("- z", "- w"));
  await becomes(TEXT, { at: "n", value: "now" }, TEXT.replace("n:\n", "n: now\n"));
  await becomes(
    TEXT,
    { at: "t", value: "short" },
    TEXT.replace("t: |\n  text\n  more\n", "t: short\n"),
  );
  await becomes(TEXT, { at: "b.d", value: [3] }, TEXT.replace("[1, 2]", "[ 3 ]"));
  await becomes(TEXT, { at: "b.d", value: [1, 2] }, TEXT);
});

Deno.test("maps and lists are written below their key, in the layout of the file", async () => {
  await becomes(
    TEXT,
    { at: "a", value: { x: [1], k: {} } },
    TEXT.replace("a:   1   #", "a:\n  x:\n  - 1\n  k: {}   #"),
  );
  await becomes(TEXT, { at: "n", value: [1, { a: 2 }] }, TEXT.replace("n:\n", "n:\n- 1\n- a: 2\n"));
  await becomes(
    "a:\n    b: 1\n",
    { at: "a.c.d", value: 1 },
    "a:\n    b: 1\n    c:\n        d: 1\n",
  );
  await becomes(
    "a:\r\n  b: 1\r\n",
    { at: "a.c", value: { d: 1 } },
    "a:\r\n  b: 1\r\n  c:\r\n    d: 1\r\n",
  );
});

Deno.test("what is new in YAML stands behind the last of its map or list", async () => {
  await becomes(
    TEXT,
    { at: "b.new", value: true },
    TEXT.replace("{f: g}\n", "{f: g}\n  new: true\n"),
  );
  await becomes(TEXT, { at: "new", value: "x" }, `${TEXT}new: x\n`);
  await becomes(TEXT, { at: "b.e.k", value: 1 }, TEXT.replace("{f: g}", "{f: g, k: 1}"));
  await becomes(TEXT, { at: "l", item: "q" }, TEXT.replace("- z\n", "- z\n- q\n"));
  await becomes(TEXT, { at: "l", item: { x: 1, y: 2 } }, TEXT);
  await becomes(
    TEXT,
    { at: "l", item: { v: 1, w: [2] } },
    TEXT.replace("- z\n", "- z\n- v: 1\n  w:\n  - 2\n"),
  );
  await becomes(TEXT, { at: "b.d", item: 3 }, TEXT.replace("[1, 2]", "[1, 2, 3]"));
  await becomes("", { at: "a.b", value: 1 }, "a:\n  b: 1\n");
  await becomes("# only this\n", { at: "a", value: 1 }, "# only this\na: 1\n");
  await becomes("a: 1", { at: "b", value: 2 }, "a: 1\nb: 2");
  await becomes("a: {}\n", { at: "a.b", value: 2 }, "a: { b: 2 }\n");
  await becomes("---\na: 1\n", { at: "b", value: 2 }, "---\na: 1\nb: 2\n");
});

Deno.test("what is taken out of YAML takes its lines along, and nothing else", async () => {
  const gone = { state: "absent" as const };
  await becomes(TEXT, { at: "a", ...gone }, TEXT.replace("a:   1   # one\n", ""));
  await becomes(TEXT, { at: "b.d", ...gone }, TEXT.replace("  d: [1, 2]  # flow\n", ""));
  await becomes(TEXT, { at: "b.e.f", ...gone }, TEXT.replace("{f: g}", "{}"));
  await becomes(TEXT, { at: "l.0.x", ...gone }, TEXT.replace("- x: 1\n  y: 2", "- y: 2"));
  await becomes(TEXT, { at: "l", item: "z", ...gone }, TEXT.replace("- z\n", ""));
  await becomes(TEXT, { at: "t", ...gone }, TEXT.replace("t: |\n  text\n  more\n", ""));
  await becomes(TEXT, { at: "b.d", item: 1, ...gone }, TEXT.replace("[1, 2]", "[2]"));
  await becomes(TEXT, { at: "nothing.x", ...gone }, TEXT);
  await becomes("a:\n  b: 1\nc: 2\n", { at: "a.b", ...gone }, "a: {}\nc: 2\n");
});

Deno.test("a text that older readers take for something else gets quotes", async () => {
  for (const value of ["yes", "off", "0777", "12:30", "1_000", "~"]) {
    await becomes("a: 1\n", { at: "a", value }, `a: "${value}"\n`);
    await becomes(`a: ${value}\n`, { at: "a", value }, `a: "${value}"\n`);
  }
  await becomes("a: no\n", { at: "a", value: false }, "a: false\n");
  await becomes("version: '3'\n", { at: "version", value: "3" }, "version: '3'\n");
});

Deno.test("what cannot be read as YAML is said with its line and column, and shows nothing of it", async () => {
  await refused("a: 1\nb: [1\n", { at: "a", value: 2 }, "syntax", "line 3, column 1: bad indent");
  await refused("a: 1\na: 2\n", { at: "a", value: 2 }, "syntax", "line 2, column 1: duplicate key");
  await refused("a: 1\n---\nb: 1\n", { at: "a", value: 2 }, "syntax", "multiple docs");
  await refused("a:\n\t- 1\n", { at: "a", value: 2 }, "syntax", "line 2");
  await refused("- 1\n", { at: "a", value: 2 }, "wrong-shape", "is no index");
});

Deno.test("a map of many keys costs no more than it is long, and a file that is too large is refused", async () => {
  const many = Array.from({ length: 3000 }, (_, index) => `key${index}: a text\n`).join("");
  await becomes(many, { at: "key5", value: "b" }, many.replace("key5: a text", "key5: b"));
  await refused(`${many}key7: a\n`, { at: "key5", value: "b" }, "syntax", "line 3001");
  await refused(many.repeat(6), { at: "key5", value: "b" }, "too-large", "at most 262144");
});

Deno.test("what is used elsewhere is not written where it would be another there", async () => {
  const text = "base: &b\n  x: 1\nuse: *b\n";
  await refused(text, { at: "use.x", value: 2 }, "cannot-edit", "use.x of");
  await refused(text, { at: "base", value: 2 }, "cannot-edit", "base of");
  await becomes(text, { at: "other", value: 2 }, `${text}other: 2\n`);
});

const plain: fc.Arbitrary<DataValue> = fc.letrec<{ value: DataValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<DataValue>(
      1,
      "x",
      true,
      null,
      -1.5,
      "",
      "yes",
      "# no",
      "a: b",
      "- x",
      "two\nlines",
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c d"), tie("value"), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;
const root = fc.dictionary(fc.constantFrom("a", "b", "c d"), plain, {
  maxKeys: 3,
  noNullPrototype: true,
});
const place = fc.array(fc.constantFrom<string | number>("a", "b", "c d", 0, 1), {
  minLength: 1,
  maxLength: 3,
});

Deno.test("whatever is set in YAML or taken away, the text then says that, or nothing is written", () => {
  let [written, all] = [0, 0];
  fc.assert(
    fc.property(
      root,
      place,
      plain,
      fc.constantFrom(2, 4),
      fc.boolean(),
      fc.boolean(),
      (whole, at, wish, indent, indentSeq, sets) => {
        const before = stringify(whole, { indent, indentSeq, lineWidth: 0 });
        const found = findAt(whole, at);
        if (
          !found.ok || (found.value.type === "missing" && (!sets || found.value.rest.length > 0))
        ) return;
        const change = sets
          ? { type: "set" as const, at: found.value.at, value: wish }
          : { type: "remove" as const, at: found.value.at };
        all++;
        const after = YAML_FORMAT.write(before, change);
        if (after === undefined) return;
        const read = YAML_FORMAT.read(after);
        if (read.ok && isSame(read.whole, changed(whole, change))) written++;
        else console.log(JSON.stringify({ before, change, after }));
      },
    ),
    { numRuns: 3000 },
  );
  assertEquals(written, all);
  assert(all > 500);
});
