import { assertEquals } from "@std/assert";
import { isJsonObject, parseJson } from "../../../src/base/json.ts";

Deno.test("what is no JSON says nothing, as does what is not there", () => {
  assertEquals(["", "{", "undefined", "{}x"].map(parseJson), Array(4).fill(undefined));
  assertEquals(parseJson(undefined), undefined);
  assertEquals(parseJson('{"a": [1, null]}'), { a: [1, null] });
});

Deno.test("an object is neither a list nor null", () => {
  assertEquals(["{}", "[]", "null", '"a"', "1"].map((text) => isJsonObject(parseJson(text))), [
    true,
    false,
    false,
    false,
    false,
  ]);
});
