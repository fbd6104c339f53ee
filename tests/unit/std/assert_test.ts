import * as std from "@std/assert";

/** Each assertion once as it holds and once as it does not. */
const CASES: Record<string, [holds: () => unknown, fails: () => unknown]> = {
  assert: [() => std.assert(1), () => std.assert(0)],
  assertFalse: [() => std.assertFalse(0), () => std.assertFalse(1)],
  assertEquals: [
    () => std.assertEquals({ a: [1, new Set([2])] }, { a: [1, new Set([2])] }),
    () => std.assertEquals<unknown>({ a: 1 }, { a: "1" }),
  ],
  assertNotEquals: [() => std.assertNotEquals([1], [2]), () => std.assertNotEquals([1], [1])],
  assertStrictEquals: [() => std.assertStrictEquals(1, 1), () => std.assertStrictEquals([], [])],
  assertNotStrictEquals: [
    () => std.assertNotStrictEquals([], []),
    () => std.assertNotStrictEquals(1, 1),
  ],
  assertExists: [() => std.assertExists(0), () => std.assertExists(undefined)],
  assertInstanceOf: [
    () => std.assertInstanceOf(new Date(0), Date),
    () => std.assertInstanceOf({}, Date),
  ],
  assertMatch: [() => std.assertMatch("abc", /b/), () => std.assertMatch("abc", /d/)],
  assertNotMatch: [() => std.assertNotMatch("abc", /d/), () => std.assertNotMatch("abc", /b/)],
  assertStringIncludes: [
    () => std.assertStringIncludes("abc", "b"),
    () => std.assertStringIncludes("abc", "d"),
  ],
  assertArrayIncludes: [
    () => std.assertArrayIncludes([{ a: 1 }, 2], [{ a: 1 }]),
    () => std.assertArrayIncludes<unknown>([1, 2], [1, 3]),
  ],
  assertObjectMatch: [
    () => std.assertObjectMatch({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1 } }),
    () => std.assertObjectMatch({ a: { c: 2 } }, { a: { b: 1 } }),
  ],
  assertGreater: [() => std.assertGreater(2, 1), () => std.assertGreater(1, 1)],
  assertGreaterOrEqual: [
    () => std.assertGreaterOrEqual(1, 1),
    () => std.assertGreaterOrEqual(0, 1),
  ],
  assertLess: [() => std.assertLess(1, 2), () => std.assertLess(1, 1)],
  assertLessOrEqual: [() => std.assertLessOrEqual(1, 1), () => std.assertLessOrEqual(2, 1)],
  assertThrows: [
    () => std.assertThrows(() => raise(new TypeError("what")), TypeError, "ha"),
    () => std.assertThrows(() => raise(new Error("what")), TypeError),
  ],
  "assertThrows of what does not throw": [() => {}, () => std.assertThrows(() => 1)],
  "assertThrows with another message": [
    () => {},
    () => std.assertThrows(() => raise(new Error("what")), Error, "why"),
  ],
  assertRejects: [
    () => std.assertRejects(() => Promise.reject(new TypeError("what")), TypeError, "ha"),
    () => std.assertRejects(() => Promise.resolve(1)),
  ],
  fail: [() => {}, () => std.fail()],
  unreachable: [() => {}, () => std.unreachable()],
};

function raise(error: Error): never {
  throw error;
}

for (const [name, [holds, fails]] of Object.entries(CASES)) {
  Deno.test(`${name} passes what holds and fails what does not`, async () => {
    await holds();
    let thrown: unknown;
    try {
      await fails();
    } catch (error) {
      thrown = error;
    }
    if (!(thrown instanceof std.AssertionError)) throw new Error(`${name} let it pass`);
  });
}

Deno.test("every assertion has a case", () => {
  const names = Object.keys(std).filter((name) => name !== "AssertionError");
  std.assertEquals(names.filter((name) => !(name in CASES)), []);
});
