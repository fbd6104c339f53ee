import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parse, stringify } from "@std/yaml";

Deno.test("the core schema knows the plain scalars of YAML 1.2, and no dates or merges", () => {
  const text = "a: true\nb: yes\nc: 0o17\nd: 1_000\ne: 2001-12-14\nf: ~\ng: .inf\nh: 1e3\ni: 010\n";
  assertEquals(parse(text, { schema: "core" }), {
    a: true,
    b: "yes",
    c: 15,
    d: "1_000",
    e: "2001-12-14",
    f: null,
    g: Infinity,
    h: 1000,
    i: 10,
  });
  assertEquals(parse("a: &x {b: 1}\nc: {<<: *x}", { schema: "core" }), {
    a: { b: 1 },
    c: { "<<": { b: 1 } },
  });
});

Deno.test("the failsafe schema leaves every scalar a text", () => {
  assertEquals(parse("a: true\nb: 1\nc: ~", { schema: "failsafe" }), { a: "true", b: "1", c: "~" });
});

Deno.test("the json schema knows null, booleans and numbers as the core schema does", () => {
  assertEquals(parse("a: true\nb: 1\nc: ~\nd: 2001-12-14", { schema: "json" }), {
    a: true,
    b: 1,
    c: null,
    d: "2001-12-14",
  });
});

Deno.test("the default schema knows dates and merges", () => {
  assertEquals(parse("2001-12-14"), new Date("2001-12-14T00:00:00Z"));
  assertEquals(parse("a: &x {b: 1}\nc: {<<: *x}"), { a: { b: 1 }, c: { b: 1 } });
});

Deno.test("a key that occurs twice is a SyntaxError unless it is allowed, then the last wins", () => {
  const error = assertThrows(() => parse("a: 1\nb: 2\na: 3"), SyntaxError);
  assertStringIncludes(error.message, "duplicated mapping key");
  assertEquals(parse("a: 1\nb: 2\na: 3", { allowDuplicateKeys: true }), { a: 3, b: 2 });
});

Deno.test("an unknown tag, a second document and broken text are SyntaxErrors", () => {
  for (const text of ["a: !!js/function 'x'", "a: 1\n---\nb: 2", "a: [1", "\ta: 1"]) {
    assertThrows(() => parse(text, { schema: "core" }), SyntaxError);
  }
});

Deno.test("an empty text is null", () => {
  assertEquals(parse(""), null);
  assertEquals(parse("# only a comment\n"), null);
});

Deno.test("a key named __proto__ is a plain key", () => {
  const value = parse("__proto__: {polluted: 1}", { schema: "core" }) as Record<string, unknown>;
  assertEquals(Object.keys(value), ["__proto__"]);
  assertEquals(value["polluted"], undefined);
});

Deno.test("what stringify writes parse reads again", () => {
  const value = { list: [1, "1", "yes", null, true], text: "two\nlines\n", "odd: key": "@@x" };
  assertEquals(parse(stringify(value, { schema: "core" }), { schema: "core" }), value);
  assertThrows(() => stringify({ call: () => 1 }), TypeError);
  assertEquals(stringify({ call: () => 1, a: 1 }, { skipInvalid: true }), "a: 1\n");
});

Deno.test("extra types are tried before those of the schema, and name tags", () => {
  const shout = {
    tag: "tag:yaml.org,2002:int",
    kind: "scalar" as const,
    resolve: (text: unknown) => typeof text === "string" && /^[0-9]+$/.test(text),
    construct: (text: string) => `${text}!`,
  };
  const text = "a: 1\nb: '1'\nc: true\nd: !!int '2'";
  assertEquals(parse(text, { schema: "failsafe", extraTypes: [shout] }), {
    a: "1!",
    b: "1",
    c: "true",
    d: "2!",
  });
  assertEquals(parse("a: 1\nb: true", { schema: "core", extraTypes: [shout] }), {
    a: "1!",
    b: true,
  });
});
