/**
 * Moments as people write them: `90m` ago, `03:00`, a date.
 *
 * @module
 */

/** A moment, or how long ago. */
export type PastMoment =
  | { readonly type: "ago"; readonly agoMs: number }
  /** The last time that the clock said so, in UTC. */
  | { readonly type: "time-of-day"; readonly ofDayMs: number }
  /** When a day began, in UTC. */
  | { readonly type: "day"; readonly daysAgo: number }
  | { readonly type: "date"; readonly atMs: number };

const DAY_MS = 86_400_000;
const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/** What {@linkcode readMoment} takes, for messages. */
export const MOMENT_FORMS =
  "a time such as 90m, 1h or 2d ago, 03:00 (UTC), yesterday, 2026-11-29 or 2026-11-29T03:00:00Z";

/** Reads a moment; undefined: it is none. */
export function readMoment(text: string): PastMoment | undefined {
  const ago = /^(\d{1,9}) ?(s|m|min|h|d|w)$/.exec(text);
  if (ago !== null) return { type: "ago", agoMs: Number(ago[1]) * UNITS_MS[ago[2]!]! };
  if (text === "today" || text === "yesterday") {
    return { type: "day", daysAgo: text === "today" ? 0 : 1 };
  }
  const time = /^(\d{1,2}):(\d{2})(?::(\d{2}))?Z?$/.exec(text);
  if (time !== null) {
    const [hours, minutes, seconds] = [time[1], time[2], time[3] ?? 0].map(Number);
    if (hours! > 23 || minutes! > 59 || seconds! > 59) return undefined;
    return { type: "time-of-day", ofDayMs: ((hours! * 60 + minutes!) * 60 + seconds!) * 1000 };
  }
  const date =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/
      .exec(text);
  if (date === null) return undefined;
  const atMs = Date.parse(`${date[1]}T${date[2] ?? "00:00"}${date[3] ?? "Z"}`);
  return Number.isNaN(atMs) ? undefined : { type: "date", atMs };
}

/** When that was, in milliseconds since 1970. */
export function momentMs(moment: PastMoment, nowMs: number): number {
  if (moment.type === "ago") return nowMs - moment.agoMs;
  if (moment.type === "date") return moment.atMs;
  const midnightMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  if (moment.type === "day") return midnightMs - moment.daysAgo * DAY_MS;
  const todayMs = midnightMs + moment.ofDayMs;
  return todayMs <= nowMs ? todayMs : todayMs - DAY_MS;
}
