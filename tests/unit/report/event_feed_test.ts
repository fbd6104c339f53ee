/** Those who read along: what they hear, what they miss, and that they hold up nobody. */

import { assert, assertEquals } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import { EVENT_READERS_MAX, EventFeed } from "../../../src/report/event_feed.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const STATUS = { pid: 1 };

/** A feed with time that stands still. */
function feed(placeOf = (_key: string) => Promise.resolve(undefined)) {
  const clock = new ManualClock();
  const isPrivate = (key: string) => key !== "file[open]";
  return { clock, feed: new EventFeed({ clock, placeOf, isGraphOpen: () => false, isPrivate }) };
}

/** A reader that takes one text after the other, as lines. */
function reading(from: EventFeed, mayOnlyRead = false) {
  const gone = new AbortController();
  const read = from.read(STATUS, { signal: gone.signal, mayOnlyRead });
  assert(read.ok);
  const texts = read.value[Symbol.asyncIterator]();
  return {
    leave: () => gone.abort(),
    // deno-lint-ignore no-explicit-any
    next: async (): Promise<any[]> => {
      const { value, done } = await texts.next();
      return done ? [] : String(value).split("\n").map((line) => JSON.parse(line));
    },
  };
}

const note = (text: string): ReportEvent => ({ type: "note", key: "noop[a]", text });
const failed: ReportEvent = { type: "failed", key: "noop[a]", failure: failure("x") };

Deno.test("event feed: a reader hears how things are, and then each event once in its order", async () => {
  const place = Promise.withResolvers<undefined>();
  const { clock, feed: source } = feed(() => place.promise);
  source.event(note("before"));
  const reader = reading(source);
  const [first] = await reader.next();
  assertEquals([first.v, first.type, first.status], [2, "snapshot", STATUS]);
  // The place of a failure is looked up; what comes after it waits.
  for (const event of [note("a"), failed, note("b")]) source.event(event);
  const heard = async () => {
    const lines = reader.next();
    await clock.pass(50);
    return (await lines).map(({ type, text }) => text ?? type);
  };
  assertEquals(await heard(), ["a"]);
  const late = heard();
  place.resolve(undefined);
  assertEquals([await late, await heard()], [["failed"], ["b"]]);
});

Deno.test("event feed: who does not read loses lines, is told how many, and costs the others none", async () => {
  const { clock, feed: source } = feed();
  const [slow, quick] = [reading(source), reading(source)];
  await quick.next();
  const long = "x".repeat(1000);
  let heard = 0;
  for (let count = 0; count < 1000; count++) {
    source.event(note(long));
    if (count % 100 !== 99) continue;
    while (heard <= count) {
      const lines = quick.next();
      await clock.pass(50);
      heard += (await lines).length;
    }
  }
  assertEquals(heard, 1000);
  const lines: { type: string; count?: number }[] = [];
  while (lines.at(-1)?.type !== "dropped") {
    const more = slow.next();
    await clock.pass(50);
    lines.push(...await more);
  }
  const missed = lines.at(-1)?.count ?? 0;
  assertEquals(lines.length - 2 + missed, 1000);
  assert(missed > 500 && lines.length > 100, `${missed} of 1000 were left out`);
  assertEquals(source.counts, { readers: 2, dropped: missed });
  source.event(note("again"));
  const more = slow.next();
  await clock.pass(50);
  assertEquals((await more).map(({ text }) => text), ["again"]);
});

Deno.test("event feed: so many read at most, and who leaves makes room", async () => {
  const { feed: source } = feed();
  const readers = Array.from({ length: EVENT_READERS_MAX }, () => reading(source));
  const refused = source.read(STATUS, { signal: new AbortController().signal, mayOnlyRead: false });
  assertEquals(refused.ok ? "" : refused.failure.code, "busy");
  // One that has asked for the next line, and one that never asked.
  await readers[0]!.next();
  const end = readers[0]!.next();
  readers[0]!.leave();
  readers[1]!.leave();
  assertEquals(await end, []);
  assertEquals(source.counts.readers, EVENT_READERS_MAX - 2);
  reading(source);
});

Deno.test("event feed: at the end readers get what waits, and one that takes nothing is not waited for", async () => {
  const { clock, feed: source } = feed();
  const [reader, stalled] = [reading(source), reading(source)];
  source.event(note("last"));
  const closing = source.close();
  assertEquals((await reader.next()).map(({ type }) => type), ["snapshot", "note"]);
  assertEquals(await reader.next(), []);
  assertEquals(source.counts.readers, 1);
  await clock.pass(1000);
  await closing;
  const late = source.read(STATUS, { signal: new AbortController().signal, mayOnlyRead: false });
  assertEquals(late.ok ? "" : late.failure.code, "stopping");
  stalled.leave();
});

Deno.test("event feed: who may only read hears of what a command printed its size, and the owner all", async () => {
  const { clock, feed: source } = feed();
  const [owner, other] = [reading(source), reading(source, true)];
  const said = failure("exited with code 1: CANARY $&", { printed: ": CANARY $&", code: "exit" });
  const excerpt = { type: "diagnostics", text: "CANARY", errors: 1, warnings: 0, keepsOld: true };
  const events: ReportEvent[] = [
    { type: "output", key: "exec[a]", text: "CANARY", stream: "stderr" },
    { type: "failed", key: "exec[a]", failure: said },
    excerpt as ReportEvent,
    note("for all"),
  ];
  const heardBy = async (reader: ReturnType<typeof reading>) => {
    const lines = [];
    while (lines.length < events.length + 1) {
      const some = reader.next();
      await clock.pass(50);
      lines.push(...await some);
    }
    return lines.slice(1);
  };
  const heard = Promise.all([heardBy(owner), heardBy(other)]);
  for (const event of events) source.event(event);
  const [whole, masked] = await heard;
  assertEquals(whole.map((each) => JSON.stringify(each).includes("CANARY")), [
    ...[true, true, true, false],
  ]);
  assert(!JSON.stringify(masked).includes("CANARY"), JSON.stringify(masked));
  assertEquals(masked.map(({ type }) => type), whole.map(({ type }) => type));
  assertEquals(masked[0].text, "(6 bytes, not shown to readers)");
  assertEquals([masked[1].failure.message, masked[1].failure.code], ["exited with code 1", "exit"]);
});

Deno.test("event feed: readers hear no lines of what not everybody may read, the owner hears all", async () => {
  const { clock, feed: source } = feed();
  const [reader, owner] = [reading(source, true), reading(source)];
  await Promise.all([reader.next(), owner.next()]);
  const lines = ["-a", "+b"];
  const hold = { reason: "", author: "", sinceMs: 1, untilMs: 2 };
  const telling = (key: string): readonly ReportEvent[] => [
    { type: "difference", key, lines },
    { type: "would-change", key, reason: "content differs", difference: lines },
    { type: "contested", key, reason: "content differs", difference: lines, pauseMs: 1 },
    { type: "held", key, reason: "content differs", difference: lines, hold },
    { type: "difference", key, lines: ["(not shown, as it is so; 1 → 2 bytes)"] },
  ];
  for (const key of ["file[closed]", "file[open]"]) {
    telling(key).forEach((each) => source.event(each));
  }
  const heard = async (who: ReturnType<typeof reading>) => {
    const lines = who.next();
    await clock.pass(50);
    return (await lines).map((each) => (each.lines ?? each.difference).join());
  };
  const whole = [...Array(4).fill("-a,+b"), "(not shown, as it is so; 1 → 2 bytes)"];
  const told = await heard(reader);
  assertEquals(new Set(told.slice(0, 4)).size, 1);
  assert(told[0].startsWith("(not shown to readers"), told[0]);
  assertEquals(told.slice(4), [whole[4], ...whole]);
  assertEquals(await heard(owner), [...whole, ...whole]);
});
