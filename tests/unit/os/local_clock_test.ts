import { assert, assertEquals } from "@std/assert";
import { assertSpyCalls, spy } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalRandom } from "../../../src/os/local_random.ts";

const clock = createLocalClock();
const random = createLocalRandom();

Deno.test("a sleep ends after its time, and at once when its signal aborts", async () => {
  using time = new FakeTime();
  const over = spy();
  const sleeping = clock.sleep(50).then(over);
  await time.tickAsync(49);
  await time.runMicrotasks();
  assertSpyCalls(over, 0);
  time.tick(1);
  await sleeping;
  const stop = new AbortController();
  const endless = clock.sleep(1e12, stop.signal);
  stop.abort();
  await endless;
  await clock.sleep(1e12, AbortSignal.abort());
  assertEquals(time.next(), false, "a timer is left");
});

Deno.test("a timer fires once and in time, however long it is", () => {
  using time = new FakeTime();
  const fired = spy();
  for (const delayMs of [0, 5, 2 ** 31, 2 ** 40]) {
    const before = fired.calls.length;
    clock.after(delayMs, fired);
    if (delayMs > 0) time.tick(delayMs - 1);
    assertSpyCalls(fired, before);
    time.tick(1);
    assertSpyCalls(fired, before + 1);
  }
  assertEquals(time.next(), false, "a timer is left");
});

Deno.test("a timer that was cancelled does not fire, however long it is", () => {
  using time = new FakeTime();
  const fired = spy();
  const short = clock.after(5, fired);
  const long = clock.after(2 ** 40, fired);
  short.cancel();
  short.cancel();
  time.tick(2 ** 32);
  long.cancel();
  time.tick(2 ** 40);
  assertSpyCalls(fired, 0);
});

Deno.test("the time of day is the machine's", () => {
  using time = new FakeTime("2026-01-02T03:04:05Z");
  assertEquals(clock.wall().toISOString(), "2026-01-02T03:04:05.000Z");
  time.tick(1500);
  assertEquals(clock.wall().toISOString(), "2026-01-02T03:04:06.500Z");
});

Deno.test("a breath lets timers run that are due", async () => {
  let fired = false;
  const timer = clock.after(0, () => fired = true);
  const end = clock.nowMs() + 5000;
  while (!fired && clock.nowMs() < end) await clock.yieldTurn();
  timer.cancel();
  assert(fired, "no timer ran while it breathed");
});

Deno.test("random numbers stay below their limit and reach all of it", () => {
  const seen = new Set(Array.from({ length: 1000 }, () => random.below(7)));
  assertEquals([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
  assertEquals(random.below(1), 0);
  assert(random.below(2 ** 32) < 2 ** 32);
});

Deno.test("random bytes are hexadecimal digits, and differ", () => {
  assert(/^[0-9a-f]{32}$/.test(random.hex(16)));
  assert(random.hex(16) !== random.hex(16));
});
