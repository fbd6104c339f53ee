import { assertEquals } from "@std/assert";
import { createBackoff, nextDelayMs } from "../../../src/base/backoff.ts";

Deno.test("delays double from one second to five minutes and stay there", () => {
  const backoff = createBackoff();
  const delays = Array.from({ length: 11 }, () => backoff.next() / 1000);
  assertEquals(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
});

Deno.test("a success makes the next delay the first again", () => {
  const backoff = createBackoff({ firstMs: 10, lastMs: 1000, factor: 10 });
  assertEquals([backoff.next(), backoff.next()], [10, 100]);
  backoff.reset();
  assertEquals(backoff.next(), 10);
});

Deno.test("no delay is outside of the bounds", () => {
  assertEquals(nextDelayMs(undefined, { firstMs: 50, lastMs: 20, factor: 2 }), 20);
  assertEquals(nextDelayMs(0), 1000);
  assertEquals(nextDelayMs(Infinity), 300_000);
});
