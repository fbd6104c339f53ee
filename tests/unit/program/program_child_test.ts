/** A child that is busy for too long is ended, and one that had no processor is waited for. */

import { assertEquals, assertMatch } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { fail, ok } from "../../../src/base/result.ts";
import type { Helper, HelperEnd, HelperListener } from "../../../src/os/process/helper.ts";
import { ProgramChild } from "../../../src/program/program_child.ts";
import type { ToChild } from "../../../src/program/protocol.ts";
import { ManualClock, turn } from "../../support/manual_clock.ts";

const EVALUATE = { type: "rest" } satisfies ToChild;

/** A child that starts, asks for a module, which nobody has, and then says no more. */
async function silentChild(processor: { ms: number | undefined }, startMs = 0) {
  const clock = new ManualClock();
  const ended = Promise.withResolvers<HelperEnd>();
  let isKilled = false;
  let listener: HelperListener | undefined;
  const helper: Helper = {
    writeLine: () => {},
    kill: () => {
      isKilled = true;
      ended.resolve({ signal: "SIGKILL", said: "" });
    },
    processorMs: () => processor.ms,
    gone: ended.promise,
  };
  const start = (listens: HelperListener) => {
    listener = listens;
    return ok(helper);
  };
  const answer = new ProgramChild({ clock, start }).ask(EVALUATE, {
    module: () => Promise.resolve(fail("there is none")),
    say: () => Promise.reject(new Error("nobody asks that")),
  });
  await clock.pass(startMs);
  listener?.line(JSON.stringify({ type: "need", path: "/a.ts" }));
  await turn();
  return { clock, answer, isKilled: () => isKilled };
}

Deno.test("a child is ended when it has used all its processor time, however long that takes", async () => {
  const processor = { ms: 100 };
  const { clock, answer, isKilled } = await silentChild(processor);
  processor.ms = 1100;
  await clock.pass(LIMITS.programMs);
  assertEquals(isKilled(), false, "it has had a second of the processor");
  processor.ms = 4100;
  await clock.pass(LIMITS.programMs - 1001);
  assertEquals(isKilled(), false);
  processor.ms = 5100;
  await clock.pass(1001);
  assertEquals(isKilled(), true);
  assertMatch(JSON.stringify(await answer), /was not done after 5 s/);
});

Deno.test("a child that never gets a processor is not waited for without end", async () => {
  const { clock, isKilled } = await silentChild({ ms: 100 });
  await clock.pass(LIMITS.programWaitMs - 1);
  assertEquals(isKilled(), false);
  await clock.pass(1);
  assertEquals(isKilled(), true);
});

Deno.test("a child that starts late, on a busy machine, has all its time from then on", async () => {
  const { clock, isKilled } = await silentChild({ ms: 100 }, LIMITS.programStartMs - 1);
  await clock.pass(LIMITS.programWaitMs - 1);
  assertEquals(isKilled(), false);
  await clock.pass(1);
  assertEquals(isKilled(), true);
});

Deno.test("a child that does not start is ended, and its program is not to blame", async () => {
  const { clock, answer, isKilled } = await silentChild({ ms: 0 }, LIMITS.programStartMs);
  await clock.pass(0);
  assertEquals(isKilled(), true);
  assertMatch(JSON.stringify(await answer), /the process that evaluates it did not start within/);
});

Deno.test("where nobody knows what a child has used, the time that has passed counts", async () => {
  const { clock, isKilled } = await silentChild({ ms: undefined });
  await clock.pass(LIMITS.programMs);
  assertEquals(isKilled(), true);
});
