/**
 * Schedules: systemd's calendar expressions, and the five fields of cron turned into those. Pure.
 *
 * @module
 */

/** Calendar expressions, or why there are none. */
export type Schedule =
  | { readonly ok: true; readonly calendars: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly hint: string };

interface CronField {
  readonly what: string;
  readonly first: number;
  readonly last: number;
  /** Words for numbers, the first of them for `first`. */
  readonly names?: readonly string[];
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const DAYS = "sun mon tue wed thu fri sat".split(" ");
const MINUTE: CronField = { what: "minute", first: 0, last: 59 };
const HOUR: CronField = { what: "hour", first: 0, last: 23 };
const DAY: CronField = { what: "day of the month", first: 1, last: 31 };
const MONTH: CronField = { what: "month", first: 1, last: 12, names: MONTHS };
/** 0 and 7 are Sunday. */
const WEEKDAY: CronField = { what: "day of the week", first: 0, last: 7, names: DAYS };

/** The words of cron that systemd does not have, or has with another meaning. */
const WORDS: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** What may stand in a calendar expression of systemd. */
const CALENDAR = /^[\w*,.:/~+ -]+$/;
const CRON_FIELD = /^[\w*,/-]+$/;
/** systemd knows days, a date, a time and a time zone. */
const CALENDAR_WORDS = 4;

/** Calendar expressions for a schedule in either language. */
export function parseSchedule(text: string): Schedule {
  const words = text.trim().split(/\s+/).filter((word) => word !== "");
  const cron = WORDS[text.trim().toLowerCase()];
  if (cron !== undefined) return fromCron(cron.split(" "));
  if (words.length === 0) return no("says nothing", "for instance: daily, or 0 4 * * *");
  if (words[0]?.startsWith("@")) {
    return no(
      `has the word ${words[0]}, which is no time`,
      `known are ${Object.keys(WORDS).join(" ")}`,
    );
  }
  if (words.length === 5 && words.every((word) => CRON_FIELD.test(word))) return fromCron(words);
  if (words.length > CALENDAR_WORDS) {
    const hint =
      "cron has five fields: minute, hour, day, month, day of the week; user and command are fields of their own";
    return no(`has ${words.length} words, which is neither cron's nor systemd's`, hint);
  }
  if (!CALENDAR.test(text.trim())) {
    return no("has signs that no calendar expression has", "see: man systemd.time");
  }
  return { ok: true, calendars: [words.join(" ")] };
}

function no(message: string, hint: string): Schedule {
  return { ok: false, message, hint };
}

/**
 * Where both days are restricted, cron runs on either, so there is an expression for each. What
 * begins with a star counts as not restricted, also with a step.
 */
function fromCron(words: readonly string[]): Schedule {
  const fields = [MINUTE, HOUR, DAY, MONTH, WEEKDAY];
  const parsed: (readonly number[] | undefined)[] = [];
  for (const [index, field] of fields.entries()) {
    const numbers = parseField(words[index] ?? "", field);
    if (typeof numbers === "string") {
      const range = `${field.first} to ${field.last}`;
      const hint = `the ${field.what} goes from ${range}, as 5, 1-5, */10 or 1,15`;
      return no(`has a wrong ${field.what}: ${numbers}`, hint);
    }
    parsed.push(numbers);
  }
  const [minutes, hours, days, months, weekdays] = parsed;
  const time = `${listed(hours)}:${listed(minutes)}:00`;
  const on = (day: readonly number[] | undefined, weekday: readonly number[] | undefined) => {
    const names = [...new Set(weekday?.map((each) => each % 7))].map(dayName);
    const prefix = weekday === undefined ? "" : `${names.join(",")} `;
    return `${prefix}*-${listed(months)}-${listed(day)} ${time}`;
  };
  const either = !words[2]?.startsWith("*") && !words[4]?.startsWith("*");
  return {
    ok: true,
    calendars: either ? [on(days, undefined), on(undefined, weekdays)] : [on(days, weekdays)],
  };
}

function dayName(weekday: number): string {
  const name = DAYS[weekday] ?? "";
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function listed(numbers: readonly number[] | undefined): string {
  return numbers === undefined
    ? "*"
    : numbers.map((each) => String(each).padStart(2, "0")).join(",");
}

/** The numbers that a field stands for, undefined for all, or the part that is wrong. */
function parseField(text: string, field: CronField): readonly number[] | undefined | string {
  if (text === "*") return undefined;
  const numbers = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/([0-9]{1,4}))?$/i.exec(part);
    if (match === null) return part === "" ? "nothing between two commas" : part;
    const [, whole, from, to, step] = match;
    const first = whole === "*" ? field.first : numberOf(from ?? "", field);
    const last = to !== undefined
      ? lastOf(to, first ?? 0, field)
      : whole !== "*" && step === undefined
      ? first
      : field.last;
    const by = step === undefined ? 1 : Number(step);
    if (first === undefined || last === undefined || first > last || by === 0) return part;
    for (let at = first; at <= last; at += by) numbers.add(at);
  }
  return [...numbers].sort((a, b) => a - b);
}

/** As the end of a range, Sunday is the seventh day. */
function lastOf(word: string, first: number, field: CronField): number | undefined {
  const last = numberOf(word, field);
  return field === WEEKDAY && last === 0 && first > 0 ? 7 : last;
}

function numberOf(word: string, { first, last, names }: CronField): number | undefined {
  const named = names?.indexOf(word.toLowerCase()) ?? -1;
  if (named >= 0) return named + first;
  if (!/^[0-9]{1,2}$/.test(word)) return undefined;
  const number = Number(word);
  return number >= first && number <= last ? number : undefined;
}
