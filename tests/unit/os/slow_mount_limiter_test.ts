/** Calls on mounts that may hang: what counts for their deadline. */

import { assertEquals } from "@std/assert";
import { SlowMountLimiter } from "../../../src/os/files/slow_mount_limiter.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const DEADLINE_MS = 10_000;

/** When a call that never comes back is given up, where this process waits for a core for such a part of the time. */
async function givenUpAfterMs(part: number): Promise<number> {
  const clock = new ManualClock();
  const limiter = new SlowMountLimiter(clock, DEADLINE_MS, () => part * clock.nowMs());
  const call = limiter.call("/", "read it", () => new Promise<never>(() => {}))
    .then((result) => [result.ok ? "" : result.failure.code, clock.nowMs()] as const);
  await clock.pass(10 * DEADLINE_MS);
  const [code, atMs] = await call;
  assertEquals(code, "timeout");
  assertEquals(clock.armed, 0);
  return atMs;
}

Deno.test("a mount that does not answer is given up after the deadline; the time without a core is not the mount's", async () => {
  assertEquals(await givenUpAfterMs(0), 10_000);
  // What anybody waits now and then makes no difference.
  assertEquals(await givenUpAfterMs(0.05), 10_000);
  // A call has its time, but for the last tenth.
  assertEquals(await givenUpAfterMs(0.5), 18_750);
  assertEquals(await givenUpAfterMs(0.99), 60_000);
});

Deno.test("a call that comes back late on a busy machine is no failure", async () => {
  const clock = new ManualClock();
  const limiter = new SlowMountLimiter(clock, DEADLINE_MS, () => 0.9 * clock.nowMs());
  const back = Promise.withResolvers<string>();
  const call = limiter.call("/", "read it", () => back.promise);
  await clock.pass(3 * DEADLINE_MS);
  back.resolve("content");
  assertEquals(await call, { ok: true, value: "content" });
  assertEquals(clock.armed, 0);
});
