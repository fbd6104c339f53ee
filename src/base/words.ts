/**
 * Names, spans of time and lists as a reader has them.
 *
 * @module
 */

import { printable } from "./printable.ts";

/** What a key begins with, and no address or path. */
const KIND = /^[a-z][\w:-]*\[/;

/** `file[/etc/motd]` as `File[/etc/motd]`, safe on a terminal; what is no key stays as it is. */
export function label(key: string): string {
  return printable(KIND.test(key) ? key.charAt(0).toUpperCase() + key.slice(1) : key);
}

/** The word before the bracket: `exec` of `exec[exec1]`. */
export function kindOf(key: string): string {
  return key.slice(0, key.indexOf("["));
}

/** What is in the brackets: `exec1` of `exec[exec1]`. */
export function nameOf(key: string): string {
  return key.slice(key.indexOf("[") + 1, -1);
}

/** `340 ms`, `10.0 s`, `2 min 5 s`, `3 h 20 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  return wholeDuration(milliseconds);
}

/** The same in whole seconds: `4 s`, `2 min 5 s`, `3 h 20 min`; short ones in milliseconds. */
export function wholeDuration(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return withRest(`${minutes} min`, seconds % 60, "s");
  return withRest(`${Math.floor(minutes / 60)} h`, minutes % 60, "min");
}

function withRest(text: string, rest: number, unit: string): string {
  return rest === 0 ? text : `${text} ${rest} ${unit}`;
}

/** Names as text, at most `shown` of them: `File[a], File[b] and 3 more`. */
export function names(keys: readonly string[], shown: number, total = keys.length): string {
  const named = keys.slice(0, shown).map(label);
  const more = total - named.length;
  if (more > 0) return `${named.join(", ")} and ${more} more`;
  const last = named.at(-1) ?? "";
  return named.length < 2 ? last : `${named.slice(0, -1).join(", ")} and ${last}`;
}

/** A text in quotes; what is longer than that many characters is cut. */
export function quoted(text: string, longest = Infinity): string {
  return JSON.stringify(text.length > longest ? `${text.slice(0, longest)}…` : text);
}

/** `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A time in ISO 8601 as people write it, to the second: `2026-11-29 17:31:02Z`. */
export function second(time: string): string {
  return `${time.slice(0, 19).replace("T", " ")}Z`;
}
