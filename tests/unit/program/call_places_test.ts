import { assertEquals } from "@std/assert";
import { argumentsAt, nameAt, rangeAt } from "../../../src/program/call_places.ts";

/** What is found in the first call of `file` in a text. */
function found(
  text: string,
  argument: number,
  path: readonly (string | number)[] = [],
  part: "key" | "value" = "value",
): string | undefined {
  const range = argumentsAt(text, text.indexOf("file"))[argument];
  if (range === undefined) return undefined;
  const { start, end } = rangeAt(text, range, path, part);
  return text.slice(start, end);
}

Deno.test("arguments, keys and values of a call are found in its text", () => {
  const text =
    `const a = file("/etc/motd", { content: "x, y", "mode": '0644', meta: { noop: true } });`;
  assertEquals(found(text, 0), '"/etc/motd"');
  assertEquals(found(text, 1, ["content"]), '"x, y"');
  assertEquals(found(text, 1, ["content"], "key"), "content");
  assertEquals(found(text, 1, ["mode"], "key"), '"mode"');
  assertEquals(found(text, 1, ["meta", "noop"]), "true");
  assertEquals(found(text, 2), undefined);
});

Deno.test("what is not there leads to the nearest place on the way", () => {
  const text = `file("a", { ...common, list: [1, [2, 3]], owner })`;
  assertEquals(found(text, 1, ["content"]), "{ ...common, list: [1, [2, 3]], owner }");
  assertEquals(found(text, 1, ["list", 1, 0]), "2");
  assertEquals(found(text, 1, ["list", 7]), "[1, [2, 3]]");
  assertEquals(found(text, 1, ["owner"]), "owner");
});

Deno.test("brackets and commas in texts, comments and regular expressions are not taken for the call's", () => {
  const text = "file(`a${[1, 2].map((x) => `${x})`)}`, { // first, (\n" +
    '  content: host.name.replace(/[,)("]/g, \')\'), /* , */ mode: "0600" })';
  assertEquals(found(text, 0), "`a${[1, 2].map((x) => `${x})`)}`");
  assertEquals(found(text, 1, ["mode"]), '"0600"');
  assertEquals(found(text, 1, ["content"]), "host.name.replace(/[,)(\"]/g, ')')");
});

Deno.test("a call that is cut off, or none, is where its name is", () => {
  assertEquals(argumentsAt("file", 0), []);
  assertEquals(argumentsAt('file("a', 0), []);
  assertEquals(nameAt("größe(1)", 0), { start: 0, end: 5 });
  assertEquals(nameAt("", 0), { start: 0, end: 1 });
});
