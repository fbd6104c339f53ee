import { assertEquals } from "@std/assert";
import { momentMs, readMoment } from "../../../src/base/moment.ts";

const NOW = Date.UTC(2026, 10, 29, 12, 30);

for (
  const [text, expected] of [
    ["1h", "2026-11-29T11:30:00.000Z"],
    ["90m", "2026-11-29T11:00:00.000Z"],
    ["2d", "2026-11-27T12:30:00.000Z"],
    ["03:00", "2026-11-29T03:00:00.000Z"],
    // It has not been that late today.
    ["18:00", "2026-11-28T18:00:00.000Z"],
    ["12:30", "2026-11-29T12:30:00.000Z"],
    ["today", "2026-11-29T00:00:00.000Z"],
    ["yesterday", "2026-11-28T00:00:00.000Z"],
    ["2026-11-28", "2026-11-28T00:00:00.000Z"],
    ["2026-11-28 03:15", "2026-11-28T03:15:00.000Z"],
    ["2026-11-28T03:15:10Z", "2026-11-28T03:15:10.000Z"],
    ["2026-11-28T03:15:10+02:00", "2026-11-28T01:15:10.000Z"],
  ] as const
) {
  Deno.test(`the moment ${text} is ${expected}`, () => {
    const moment = readMoment(text);
    assertEquals(moment && new Date(momentMs(moment, NOW)).toISOString(), expected);
  });
}
