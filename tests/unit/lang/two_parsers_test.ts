/** The fast parser decides what a file means, the slow one explains; they must agree. */

import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { LIMITS } from "../../../src/base/limits.ts";
import { readNodes } from "../../../src/lang/yaml/nodes.ts";
import type { Node, Nodes } from "../../../src/lang/yaml/nodes.ts";
import { readValue } from "../../../src/lang/yaml/value.ts";
import { parseSlowly, readNodesSlowly } from "../../../src/lang/yaml/yaml_nodes.ts";

const ROOT = new URL("../../../", import.meta.url);

function textsOf(folder: string): [string, string][] {
  const url = new URL(folder, ROOT);
  return [...Deno.readDirSync(url)].filter(({ name }) => name.endsWith(".yaml"))
    .map(({ name }) => [name, Deno.readTextFileSync(new URL(name, url))]);
}

// A lone carriage return is what they do not agree on, so it is refused before either reads it.
const texts = [...textsOf("tests/golden/diagnostics/"), ...textsOf("examples/")]
  .filter(([, text]) => !/\r(?!\n)/.test(text));

/** Every node with its path, kind and first offset, so that two trees can be compared. */
function flat({ root, byValue }: Nodes): string[] {
  const lines: string[] = [];
  const visit = (node: Node, path: string) => {
    if (node.kind === "alias") {
      const target = byValue.get(node.value as object);
      lines.push(`${path} alias at ${node.start} of ${target?.start ?? "a scalar"}`);
      return;
    }
    const place = node.kind === "empty" ? "" : ` at ${node.start}`;
    const value = node.kind === "scalar" ? ` ${JSON.stringify(node.value)}` : "";
    lines.push(`${path} ${node.kind}${place}${value}`);
    node.children.forEach((child, index) => visit(child, `${path}/${index}`));
  };
  visit(root, "");
  return lines;
}

for (const [name, text] of texts) {
  Deno.test(`both parsers read the same from ${name}`, async () => {
    const fast = await readValue(text);
    const slow = parseSlowly(text, { uniqueKeys: true });
    // Unknown tags and aliases, and depth, are errors of the fast parser only.
    if (slow.errors.length > 0) assert(!fast.ok);
    if (fast.ok && name !== "aliases_that_explode.yaml") {
      const value: unknown = slow.toJS();
      // Keys that are maps themselves have no common form.
      if (!name.startsWith("text_is_something_else")) assertEquals(fast.value ?? null, value);
    }
  });

  Deno.test(`both parsers know the same places in ${name}`, () => {
    const fast = readNodes(text.replace(/^\ufeff/, ""));
    const slow = readNodesSlowly(text.replace(/^\ufeff/, ""));
    if (fast !== undefined && slow !== undefined) assertEquals(flat(fast), flat(slow));
  });
}

Deno.test("the places of an ordinary graph file come from the fast parser", () => {
  for (const [name, text] of textsOf("examples/")) assert(readNodes(text) !== undefined, name);
  assert(readNodes("graph: a # b\nresources:\n  noop:\n  - name: 'x'\n  - {name: y}\n"));
});

Deno.test("both parsers read plain scalars by the core schema of YAML 1.2", async () => {
  const scalars = [
    ..."~ null Null NULL nUll true True TRUE tRue false yes no on off y n".split(" "),
    ..."0 12 -12 +12 0644 00 0o644 0x1f 0X1F 0b11 -0x1 1_000 1e3 1E-3 .5 -.5 +.5 1. 1.5e3".split(
      " ",
    ),
    ..."1.e2 . -. + - .e1 1e .inf -.Inf +.INF .nan .NaN -.nan .infinity 1.2.3 12e03 0.0 -0".split(
      " ",
    ),
    ..."2016-01-18 12:30 1:2 10s 0777x x0 e3 _1 = ~a a~ 12345678901234567890".split(" "),
  ];
  for (const scalar of scalars) {
    const text = `a: ${scalar}\n`;
    const fast = await readValue(text);
    const slow = parseSlowly(text, { uniqueKeys: true });
    assertEquals(fast.ok, slow.errors.length === 0, scalar);
    if (fast.ok) assertEquals(fast.value, slow.toJS(), scalar);
  }
});

Deno.test("what is nested is read the same at every depth up to the limit", async () => {
  const nested = (levels: number) => `${"[".repeat(levels)}1${"]".repeat(levels)}`;
  for (let levels = 1; levels < LIMITS.graphFileDepth; levels++) {
    const read = await readValue(`a: ${nested(levels - 1)}`);
    assert(read.ok, `${levels}`);
    assertEquals(JSON.stringify(read.value), `{"a":${nested(levels - 1)}}`);
  }
  for (const levels of [LIMITS.graphFileDepth, 99, 10_000, 100_000]) {
    const read = await readValue(nested(levels));
    assert(!read.ok && read.error.reason.startsWith("nesting exceeded"), `${levels}`);
  }
});

Deno.test("bytes are read with !!binary", async () => {
  const fast = await readValue("a: !!binary aGVsbG8=\n");
  assert(fast.ok);
  assertEquals(fast.value, { a: new TextEncoder().encode("hello") });
  const folded = await readValue('a: !!binary |\n  aGVs\n  bG8=\nb: aGVsbG8=\nc: !!binary ""\n');
  assert(folded.ok);
  const [a, c] = ["hello", ""].map((text) => new TextEncoder().encode(text));
  assertEquals(folded.value, { a, b: "aGVsbG8=", c });
  for (const wrong of ["aGVsbG8", "aGVs bG8=", "a=bc"]) {
    assert(!(await readValue(`a: !!binary "${wrong}"\n`)).ok, wrong);
  }
});

Deno.test("a key that is there twice is an error, unless it is asked for", async () => {
  assert(!(await readValue("a: 1\na: 2\n")).ok);
  const last = await readValue("a: 1\na: 2\n", { duplicateKeys: true });
  assert(last.ok);
  assertEquals(last.value, { a: 2 });
});

const word = fc.oneof(
  fc.constantFrom("a", "name", "path", "x y", "", "# no comment", "- dash", "a: b", "*", "&", "|"),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    word,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom("two\nlines\n", "no end\nof line", "\n\nabove", "trailing  \n", "\ttab"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(word, tie("value"), { maxKeys: 4 }),
  ),
}));

Deno.test("both parsers know the same places in whatever values are written as YAML", () => {
  const style = fc.record(
    {
      collectionStyle: fc.constantFrom("any", "block", "flow"),
      defaultStringType: fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL"),
      indentSeq: fc.boolean(),
      indent: fc.integer({ min: 1, max: 5 }),
      lineWidth: fc.constantFrom(0, 40),
    } as const,
  );
  let followed = 0;
  fc.assert(
    fc.property(anyValue, style, (value, options) => {
      const text = stringify({ a: value, b: [value] }, {
        ...options,
        aliasDuplicateObjects: false,
      });
      const slow = readNodesSlowly(text);
      const fast = readNodes(text);
      if (fast === undefined || slow === undefined) return;
      followed++;
      assertEquals(flat(fast), flat(slow), text);
    }),
    { numRuns: 400 },
  );
  assert(followed > 200, `only ${followed} of 400 were followed`);
});
