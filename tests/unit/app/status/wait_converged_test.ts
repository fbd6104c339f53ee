/** Waiting until an agent has converged: which ends there are, and that it outlives what passes. */

import { assertEquals } from "@std/assert";
import { waitConverged } from "../../../../src/app/status/wait_converged.ts";
import { fail, ok, type Result } from "../../../../src/base/result.ts";
import type { AgentStatus } from "../../../../src/control/status_object.ts";
import { ManualClock } from "../../../support/manual_clock.ts";

type Answer = Result<AgentStatus>;

const none: Answer = fail("no agent runs", { code: "no-agent" });
const stands = (standing: string, more: object = {}): Answer =>
  ok({ standing, working: [], troubles: [], resources: {}, ...more } as unknown as AgentStatus);
const failing = (retryAtMs?: number, more: object = {}) =>
  stands("failing", {
    troubles: [{ state: "failed", retryAtMs }],
    resources: { failed: 1, contested: 0 },
    ...more,
  });

/** The end of a wait of a minute whose answers are these; the last one stands. */
async function endOf(...answers: readonly Answer[]): Promise<readonly [string, number]> {
  const clock = new ManualClock();
  let asked = 0;
  const ask = () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)]!);
  const waiting = waitConverged({ ask, timeoutMs: 60_000, clock })
    .then(({ end }) => [end, clock.nowMs()] as const);
  await clock.pass(70_000);
  return await waiting;
}

Deno.test("wait: it outlives an agent that only starts, starts anew, fails for now, or is given another graph", async () => {
  assertEquals(await endOf(stands("converged")), ["converged", 0]);
  const way = [none, stands("starting"), stands("working"), failing(5000), stands("stopping")];
  const more = [none, stands("refused"), stands("working"), stands("held"), stands("converged")];
  assertEquals(await endOf(...way, ...more), ["converged", 2700]);
});

Deno.test("wait: it ends at its time where nothing says that there is no use in it", async () => {
  const goesOn = [
    none,
    stands("working"),
    stands("held"),
    stands("blocked"),
    stands("hangs"),
    failing(99_000),
    failing(undefined, { working: ["exec[a]"] }),
    failing(undefined, { resources: { failed: 1, contested: 1 } }),
    // Of many only the first are told of.
    failing(undefined, { resources: { failed: 2, contested: 0 } }),
  ];
  for (const answer of goesOn) assertEquals(await endOf(answer), ["late", 60_000]);
});

Deno.test("wait: it ends soon where it cannot converge by itself, and at once for who may not ask", async () => {
  const both = [failing(99_000, { refused: true }), failing(99_000, { lastGoodOf: "2026-01-02" })];
  for (const answer of [failing(), ...both, stands("noop"), stands("refused")]) {
    assertEquals(await endOf(answer), ["hopeless", 2100]);
  }
  assertEquals(await endOf(fail("whose", { code: "forbidden" })), ["refused", 0]);
});

Deno.test("wait: an agent that takes the question and says nothing does not make it longer", async () => {
  const clock = new ManualClock();
  const silent = (signal: AbortSignal) =>
    new Promise<Answer>((resolve) =>
      signal.addEventListener("abort", () => resolve(fail("it hangs", { code: "silent" })))
    );
  const waiting = waitConverged({ ask: silent, timeoutMs: 1000, clock })
    .then(({ end }) => [end, clock.nowMs()] as const);
  await clock.pass(10_000);
  assertEquals(await waiting, ["late", 1000]);
  assertEquals(clock.armed, 0);
});

Deno.test("wait: where the last answer does not come before the end, what the agent said before is told", async () => {
  /** What is told at the end of a second, where after these answers none comes. */
  const lateAfter = async (...answers: readonly Answer[]) => {
    const clock = new ManualClock();
    let asked = 0;
    const ask = (signal: AbortSignal) => {
      const answer = answers[asked++];
      if (answer !== undefined) return Promise.resolve(answer);
      return new Promise<Answer>((resolve) =>
        signal.addEventListener("abort", () => resolve(fail("it hangs", { code: "silent" })))
      );
    };
    const waiting = waitConverged({ ask, timeoutMs: 1000, clock });
    await clock.pass(10_000);
    const waited = await waiting;
    return waited.end === "late" ? waited.status?.standing ?? waited.failure.message : waited.end;
  };
  assertEquals(await lateAfter(stands("starting"), stands("working")), "working");
  // Since then it has ended.
  assertEquals(await lateAfter(stands("working"), none), "the time is over: it hangs");
});
