import { assertEquals } from "@std/assert";
import type { Host } from "../../../src/host/host.ts";
import type { KindContext } from "../../../src/kind/kind.ts";
import timer from "../../../src/resources/timer/kind.ts";
import { ManualClock } from "../../support/manual_clock.ts";

function world(interval: number) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const params = timer.resolve(
    { interval },
    { name: "it", directory: "/", issue: () => {} },
  );
  const memory = timer.memory();
  const firedAtMs: number[] = [];
  const shared = { host: { clock } as unknown as Host, signal: stop.signal, memory };
  const context = { ...shared } as unknown as KindContext<typeof memory>;
  const watch = timer.watch?.(params, {
    ...shared,
    changed: () => firedAtMs.push(clock.nowMs()),
    line: () => {},
    warn: () => {},
  });
  return { clock, params, context, firedAtMs, watch, stop };
}

Deno.test("a timer fires at every interval and at no other time", async () => {
  const { clock, firedAtMs } = world(30);
  await clock.pass(100_000);
  assertEquals(firedAtMs, [30_000, 60_000, 90_000]);
});

Deno.test("it is due once per interval, and that changes nothing in the world", async () => {
  const { clock, params, context } = world(1);
  assertEquals(await timer.check(params, context), undefined);
  await clock.pass(1000);
  const found = await timer.check(params, context);
  assertEquals(found?.type === "drift" && [found.reason, found.worldless], [
    "1 s have passed",
    true,
  ]);
  assertEquals(await timer.apply(undefined, params, context), undefined);
  assertEquals(await timer.check(params, context), undefined);
});

Deno.test("what comes late does not delay what follows, and what was missed is skipped", async () => {
  const { clock, firedAtMs } = world(10);
  const jump = clock.nowMs.bind(clock);
  let late = 0;
  clock.nowMs = () => jump() + late;
  await clock.pass(9_999);
  late = 34_000;
  await clock.pass(1);
  late = 0;
  assertEquals(firedAtMs.length, 1);
  // At 44 s it fired for the rounds of 10 to 40 s together; the next is that of 50 s, in 6 s.
  await clock.pass(5_999);
  assertEquals(firedAtMs.length, 1);
  await clock.pass(1);
  assertEquals(firedAtMs.length, 2);
});

Deno.test("a timer of the system that fires early does not make it fire twice", async () => {
  const { clock, firedAtMs } = world(10);
  const real = clock.nowMs.bind(clock);
  clock.nowMs = () => real() - 0.4;
  await clock.pass(40_100);
  assertEquals(firedAtMs.length, 4);
});

Deno.test("it ends with its watch", async () => {
  const { clock, firedAtMs, watch } = world(10);
  await clock.pass(10_000);
  watch?.close();
  await clock.pass(100_000);
  assertEquals(firedAtMs, [10_000]);
  assertEquals(clock.armed, 0);
});
