import { assertEquals } from "@std/assert";
import { pauseBeforeStart, type Starts } from "../../../src/resources/svc/hold.ts";

/** Starts a unit whenever it may be, sees it down after each has run for `upMs`; the pauses between. */
function pauses(upMs: number, count: number): number[] {
  const starts: Starts = { falls: 0, notBeforeMs: 0 };
  let nowMs = 1_000_000;
  return Array.from({ length: count }, () => {
    starts.startedMs = nowMs;
    nowMs += upMs;
    const pauseMs = pauseBeforeStart(starts, nowMs);
    nowMs += pauseMs;
    assertEquals(pauseBeforeStart(starts, nowMs), 0);
    return pauseMs;
  });
}

Deno.test("a unit that ends soon after each start is started after growing pauses", () => {
  assertEquals(pauses(300, 6), [0, 0, 0, 1000, 2000, 4000]);
});

Deno.test("a unit that held is started at once when it ends", () => {
  assertEquals(pauses(60_000, 5), [0, 0, 0, 0, 0]);
});
