import { assertEquals } from "@std/assert";
import { sameData } from "../../../src/base/same_data.ts";

const bytes = (...each: number[]) => new Uint8Array(each);

Deno.test("data that is the same, whatever the order of its keys", () => {
  for (
    const [one, other] of [
      [1, 1],
      [NaN, NaN],
      [null, null],
      [undefined, undefined],
      [{ a: 1, b: [1, { c: "x" }] }, { b: [1, { c: "x" }], a: 1 }],
      [{ a: 1, b: undefined }, { a: 1 }],
      [{ a: 1 }, { b: undefined, a: 1 }],
      [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
      [bytes(1, 2), bytes(1, 2)],
      [{ in: bytes() }, { in: bytes() }],
    ]
  ) {
    assertEquals([sameData(one, other), sameData(other, one)], [true, true], JSON.stringify(one));
  }
});

Deno.test("data that differs, however little", () => {
  for (
    const [one, other] of [
      [1, 2],
      [1, "1"],
      [0, null],
      [null, undefined],
      [null, {}],
      [NaN, 0],
      [{}, []],
      [[], ""],
      [[1], [1, 2]],
      [[1, 2], [2, 1]],
      [{ 0: 1 }, [1]],
      [[1, 2], bytes(1, 2)],
      [{ 0: 1, 1: 2 }, bytes(1, 2)],
      [bytes(1, 2), bytes(1, 3)],
      [bytes(1, 2), bytes(1, 2, 3)],
      [{ a: 1 }, { a: 1, b: null }],
      [{ a: 1 }, { b: 1 }],
      [{ a: { b: { c: [1] } } }, { a: { b: { c: [2] } } }],
      [{ a: 1 }, JSON.parse('{"a": 1, "__proto__": 2}')],
      [{ toString: Object.prototype.toString }, {}],
    ]
  ) {
    assertEquals([sameData(one, other), sameData(other, one)], [false, false], JSON.stringify(one));
  }
});
