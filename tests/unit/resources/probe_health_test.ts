import { assertEquals } from "@std/assert";
import { type Failure, failure } from "../../../src/base/result.ts";
import { observe, type Thresholds, unknownHealth } from "../../../src/resources/probe/health.ts";

const REFUSED = failure("connect to it: refused", { code: "refused", hint: "start it" });
const SLOW = failure("connect to it: no answer", { code: "timeout" });

/** What is said of outcomes, one a minute from 12:01 on. */
function said(outcomes: readonly (Failure | "well")[], thresholds: Partial<Thresholds> = {}) {
  const health = unknownHealth();
  return outcomes.map((outcome, index) => {
    const verdict = observe(
      health,
      outcome === "well" ? undefined : outcome,
      { failures: 1, successes: 1, ...thresholds },
      { nowMs: index * 60_000, wall: new Date(2026, 0, 31, 12, 1 + index) },
    );
    const { recovered } = health;
    health.recovered = undefined;
    if (verdict.type === "healthy") return recovered ?? "healthy";
    return verdict.type === "doubtful" ? `doubtful: ${verdict.text}` : verdict.failure.message;
  });
}

Deno.test("each outcome counts by itself where no number is given", () => {
  assertEquals(said(["well", REFUSED, REFUSED, SLOW, "well", "well", REFUSED]), [
    "healthy",
    "connect to it: refused",
    "connect to it: refused, 2 times since 12:02",
    "connect to it: no answer, 3 times since 12:02",
    "healthy again (it was: connect to it: no answer, 3 times since 12:02)",
    "healthy",
    "connect to it: refused",
  ]);
});

Deno.test("what was healthy is unhealthy after so many failures in a row, and not before", () => {
  assertEquals(
    said(["well", REFUSED, REFUSED, "well", REFUSED, REFUSED, REFUSED], { failures: 3 }),
    [
      "healthy",
      "doubtful: connect to it: refused (1 of 3 times in a row)",
      "doubtful: connect to it: refused (2 of 3 times in a row)",
      "healthy",
      "doubtful: connect to it: refused (1 of 3 times in a row)",
      "doubtful: connect to it: refused (2 of 3 times in a row)",
      "connect to it: refused, 3 times since 12:05",
    ],
  );
});

Deno.test("the first probe of all decides alone", () => {
  const patient = { failures: 3, successes: 3 };
  assertEquals(said(["well"], patient), ["healthy"]);
  assertEquals(said([REFUSED], patient), ["connect to it: refused"]);
});

Deno.test("what was unhealthy is healthy after so many successes in a row, and not before", () => {
  const was = "(it was: connect to it: refused";
  assertEquals(said([REFUSED, "well", REFUSED, "well", "well", "well"], { successes: 2 }), [
    "connect to it: refused",
    `not healthy yet, it went well 1 of 2 times in a row ${was})`,
    "connect to it: refused, 2 times since 12:01",
    `not healthy yet, it went well 1 of 2 times in a row ${was}, 2 times since 12:01)`,
    `healthy again ${was}, 2 times since 12:01)`,
    "healthy",
  ]);
});

Deno.test("a single success between failures starts their row over while it is unhealthy, too", () => {
  const health = unknownHealth();
  const moment = { nowMs: 0, wall: new Date(2026, 0, 31, 12, 1) };
  const thresholds = { failures: 2, successes: 2 };
  for (const outcome of [REFUSED, undefined, REFUSED]) observe(health, outcome, thresholds, moment);
  assertEquals(health.standing, "unhealthy");
  observe(health, undefined, thresholds, moment);
  assertEquals(health.standing, "unhealthy");
  observe(health, undefined, thresholds, moment);
  assertEquals(health.standing, "healthy");
});

Deno.test("who depends on it is told once that it is healthy again, and not after it fell ill anew", () => {
  const health = unknownHealth();
  const moment = { nowMs: 0, wall: new Date() };
  const once = { failures: 1, successes: 1 };
  observe(health, REFUSED, once, moment);
  observe(health, undefined, once, moment);
  observe(health, undefined, once, moment);
  assertEquals(health.recovered, "healthy again (it was: connect to it: refused)");
  observe(health, REFUSED, once, moment);
  assertEquals(health.recovered, undefined);
});

Deno.test("the day is told where it is another one", () => {
  const health = unknownHealth();
  const once = { failures: 1, successes: 1 };
  observe(health, REFUSED, once, { nowMs: 0, wall: new Date(2026, 0, 31, 23, 5) });
  const verdict = observe(health, REFUSED, once, { nowMs: 1, wall: new Date(2026, 1, 1, 0, 5) });
  assertEquals(
    verdict.type === "unhealthy" && verdict.failure.message,
    "connect to it: refused, 2 times since 2026-01-31 23:05",
  );
});

Deno.test("trouble that goes on is said again at growing intervals, another one at once", () => {
  const health = unknownHealth();
  const loudAt: number[] = [];
  for (let second = 0; second <= 1000; second++) {
    const outcome = second === 20 ? SLOW : REFUSED;
    const moment = { nowMs: second * 1000, wall: new Date(2026, 0, 31) };
    const verdict = observe(health, outcome, { failures: 1, successes: 1 }, moment);
    if (verdict.type === "unhealthy" && verdict.failure.known !== true) loudAt.push(second);
  }
  assertEquals(loudAt.filter((second) => second < 20), [0, 1, 3, 7, 15]);
  assertEquals(loudAt.includes(20) && loudAt.includes(21), true);
  const pauses = loudAt.slice(1).map((second, index) => second - (loudAt[index] ?? 0));
  assertEquals(Math.max(...pauses), 300);
});

Deno.test("the hint of what is wrong stays with it", () => {
  const health = unknownHealth();
  const moment = { nowMs: 0, wall: new Date() };
  const verdict = observe(health, REFUSED, { failures: 1, successes: 1 }, moment);
  assertEquals(verdict.type === "unhealthy" && verdict.failure.hint, "start it");
});
