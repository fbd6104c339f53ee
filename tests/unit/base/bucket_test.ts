import { assertEquals } from "@std/assert";
import { assert, property } from "fast-check";
import * as arbitrary from "fast-check";
import { createBucket } from "../../../src/base/bucket.ts";

Deno.test("a full bucket gives what it holds at once, and then as much as flows in", () => {
  const bucket = createBucket({ capacity: 3, perSecond: 2 });
  assertEquals([1, 2, 3].map(() => bucket.take(0)), [0, 0, 0]);
  assertEquals(bucket.take(0), 500);
  assertEquals(Math.round(bucket.take(499)), 1);
  assertEquals(bucket.take(500), 0);
  assertEquals(bucket.take(500), 500);
});

Deno.test("a bucket that rests is full and not more", () => {
  const bucket = createBucket({ capacity: 2, perSecond: 1000 });
  bucket.take(0);
  assertEquals(bucket.level(1_000_000), 2);
  assertEquals([1, 2, 3].map(() => bucket.take(1_000_000)), [0, 0, 1]);
});

Deno.test("where nothing flows in, an empty bucket stays empty", () => {
  const bucket = createBucket({ capacity: 1, perSecond: 0 });
  assertEquals(bucket.take(0), 0);
  assertEquals(bucket.take(1e12), Infinity);
});

Deno.test("a clock that steps back neither fills nor empties it", () => {
  const bucket = createBucket({ capacity: 1, perSecond: 1 });
  assertEquals(bucket.take(5000), 0);
  assertEquals(bucket.take(1000), 1000);
  assertEquals(bucket.take(5500), 500);
});

Deno.test("whoever waits as long as told gets a token, and nobody gets more than flows in", () => {
  const options = arbitrary.record({
    capacity: arbitrary.integer({ min: 1, max: 50 }),
    perSecond: arbitrary.double({ min: 0.01, max: 1000, noNaN: true }),
    takes: arbitrary.integer({ min: 1, max: 200 }),
  });
  assert(property(options, ({ capacity, perSecond, takes }) => {
    const bucket = createBucket({ capacity, perSecond });
    let nowMs = 0;
    for (let taken = 0; taken < takes; taken++) {
      const waitMs = bucket.take(nowMs);
      if (waitMs > 0) {
        nowMs += waitMs;
        assertEquals(bucket.take(nowMs), 0);
      }
    }
    const allowed = capacity + (nowMs / 1000) * perSecond;
    return takes <= allowed + 1e-6 * takes;
  }));
});
