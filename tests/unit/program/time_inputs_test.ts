import { assertEquals } from "@std/assert";
import { TimeInputs } from "../../../src/program/time_inputs.ts";
import { EvaluationPace } from "../../../src/program/evaluation_pace.ts";

/** A clock that goes when it is told to. */
function clockAt(start: Date) {
  let nowMs = 0;
  let timers: { atMs: number; run: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    wall: () => new Date(start.getTime() + nowMs),
    after: (delayMs: number, run: () => void) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return { cancel: () => void (timers = timers.filter((each) => each !== timer)) };
    },
    go(ms: number) {
      const untilMs = nowMs + ms;
      for (;;) {
        const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined || next.atMs > untilMs) break;
        timers = timers.filter((each) => each !== next);
        nowMs = next.atMs;
        next.run();
      }
      nowMs = untilMs;
    },
  };
}

const MINUTE = 60_000;

Deno.test("a time of day is within until its end, also over midnight, and who reads it is told when", () => {
  const clock = clockAt(new Date(2026, 0, 1, 1, 59, 30));
  const inputs = new TimeInputs(clock);
  const valueOf = (span: string) => {
    const reading = inputs.read(["within", span]);
    return reading.isKnown && reading.value;
  };
  let told = 0;
  inputs.watch(() => told++);
  inputs.keep([["within", "02:00-04:00"]]);
  assertEquals(valueOf("02:00-04:00"), false);
  assertEquals(valueOf("23:00-02:00"), true);
  clock.go(29_999);
  assertEquals([told, valueOf("02:00-04:00")], [0, false]);
  clock.go(1);
  assertEquals([told, valueOf("02:00-04:00"), valueOf("23:00-02:00")], [1, true, false]);
  clock.go(119 * MINUTE);
  assertEquals([told, valueOf("02:00-04:00")], [1, true]);
  clock.go(MINUTE);
  assertEquals([told, valueOf("02:00-04:00")], [2, false]);
  inputs.keep([]);
  clock.go(24 * 60 * MINUTE);
  assertEquals(told, 2);
});

Deno.test("every ten minutes there is another number, and only who reads it is told", () => {
  const clock = clockAt(new Date(Date.UTC(2026, 0, 1, 0, 1)));
  const inputs = new TimeInputs(clock);
  let told = 0;
  inputs.watch(() => told++);
  clock.go(60 * MINUTE);
  assertEquals(told, 0);
  inputs.keep([["every", "10m"]]);
  const first = inputs.read(["every", "10m"]);
  clock.go(8 * MINUTE);
  assertEquals([told, inputs.read(["every", "10m"])], [0, first]);
  clock.go(MINUTE);
  assertEquals(told, 1);
  assertEquals(inputs.read(["every", "10m"]) === first, false);
});

Deno.test("changes are evaluated at once, but ten times a second at most, and bursts are one", () => {
  const clock = clockAt(new Date(0));
  const pace = new EvaluationPace(clock);
  let runs = 0;
  const evaluate = () => {
    runs++;
    pace.evaluated(false);
  };
  pace.ask(evaluate);
  assertEquals(runs, 1);
  for (let ms = 0; ms < 1000; ms++) {
    pace.ask(evaluate);
    clock.go(1);
  }
  assertEquals(runs >= 10 && runs <= 11, true, `${runs} evaluations in a second`);
  clock.go(1000);
  pace.ask(evaluate);
  const before = runs;
  clock.go(99);
  assertEquals(runs, before);
});

Deno.test("a program that comes to no rest is slowed, which is told once, and not when it has come to rest", () => {
  const clock = clockAt(new Date(0));
  const pace = new EvaluationPace(clock);
  let runs = 0;
  let told = 0;
  const flip = () => {
    runs++;
    if (pace.evaluated(true)) told++;
  };
  for (let seconds = 0; seconds < 60; seconds++) {
    pace.ask(flip);
    clock.go(1000);
  }
  assertEquals(told, 1);
  assertEquals(runs > 30 && runs < 40, true, `${runs} in a minute`);
  clock.go(400_000);
  runs = 0;
  for (let times = 0; times < 3; times++) {
    pace.ask(() => {
      runs++;
      pace.evaluated(false);
    });
    clock.go(1000);
  }
  assertEquals([runs, told], [3, 1]);
});
