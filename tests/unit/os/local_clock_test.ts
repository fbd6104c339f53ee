import { assert, assertEquals } from "@std/assert";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalRandom } from "../../../src/os/local_random.ts";

const clock = createLocalClock();
const random = createLocalRandom();

Deno.test("a sleep ends after its time, and at once when its signal aborts", async () => {
  const start = clock.nowMs();
  await clock.sleep(50);
  const slept = clock.nowMs() - start;
  assert(slept >= 49 && slept < 5000, `${slept} ms`);
  const stop = new AbortController();
  const sleeping = clock.sleep(1e12, stop.signal);
  stop.abort();
  await sleeping;
  await clock.sleep(1e12, AbortSignal.abort());
});

Deno.test("a timer that was cancelled does not fire, however long it is", async () => {
  let fired = 0;
  const short = clock.after(5, () => fired++);
  const long = clock.after(2 ** 40, () => fired++);
  short.cancel();
  short.cancel();
  await clock.sleep(50);
  assertEquals(fired, 0);
  long.cancel();
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
