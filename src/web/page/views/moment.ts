/**
 * Times as a person at this screen reads them.
 *
 * @module
 */

import { h, type JSX } from "preact";
import { wholeDuration } from "../../../base/words.ts";
import { pageClock } from "../page_clock.ts";

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const DAY = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  year: "numeric",
  month: "long",
  day: "numeric",
});
const DATE = new Intl.DateTimeFormat("sv-SE");

/** `03:12:45`, with the whole time in UTC for who points at it; of another day with its date. */
export function clockTime(atMs: number): JSX.Element {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return h("span", null, "at an unknown time");
  const iso = date.toISOString();
  const isToday = DATE.format(date) === DATE.format(pageClock.wall());
  const text = isToday ? TIME.format(date) : `${DATE.format(date)} ${TIME.format(date)}`;
  return h("time", { dateTime: iso, title: `${iso.slice(0, 19).replace("T", " ")} UTC` }, text);
}

/** Only the time of day. */
export function timeOfDay(atMs: number): JSX.Element {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return h("span", null, "?");
  const iso = date.toISOString();
  const title = `${iso.slice(0, 19).replace("T", " ")} UTC`;
  return h("time", { dateTime: iso, title }, TIME.format(date));
}

/** `Tuesday, 1 December 2026` */
export function dayOf(atMs: number): string {
  return Number.isNaN(atMs) ? "" : DAY.format(atMs);
}

/** `4 min ago`, by this browser's clock. */
export function ago(atMs: number): string {
  const ageMs = pageClock.wall().getTime() - atMs;
  if (!(ageMs >= 0)) return "just now";
  if (ageMs < 1000) return "just now";
  const days = Math.floor(ageMs / 86_400_000);
  if (days >= 2) return `${days} days ago`;
  if (ageMs >= 3_600_000) return `${Math.floor(ageMs / 3_600_000)} h ago`;
  if (ageMs >= 60_000) return `${Math.floor(ageMs / 60_000)} min ago`;
  return `${wholeDuration(Math.floor(ageMs / 1000) * 1000)} ago`;
}
