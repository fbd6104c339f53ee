/**
 * How long an account and its password hold, as /etc/shadow keeps it, in days.
 *
 * @module
 */

import type { PasswordAges } from "../../base/account_files.ts";

/** The ages by their fields in a graph. */
export const AGE_FIELDS = {
  expires: "expires",
  password_min_days: "min",
  password_max_days: "max",
  password_warn_days: "warn",
  password_inactive_days: "inactive",
} as const;

/** What a resource says of them; -1: for ever. */
export type WantedAges = { readonly [Age in keyof PasswordAges]?: number };

const OPTIONS: { readonly [Age in keyof PasswordAges]-?: string } = {
  expires: "--expiredate",
  min: "--mindays",
  max: "--maxdays",
  warn: "--warndays",
  inactive: "--inactive",
};
const NEVER = "never";
const DAY_MS = 86_400_000;
/** So a password that never has to be changed is written most often. */
const FOR_EVER = 99_999;

/** The days from the epoch to a date; undefined: there is no such day. */
export function daysOf(date: string): number | undefined {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
  const isDay = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
  return isDay && ms >= 0 ? ms / DAY_MS : undefined;
}

/** What differs: in words, and as arguments of chage. */
export interface AgeDrift {
  readonly words: readonly string[];
  readonly args: readonly string[];
}

/** Compares what stands in /etc/shadow (undefined: nothing is known) with what should. */
export function ageDrift(wanted: WantedAges, current: PasswordAges | undefined): AgeDrift {
  const words: string[] = [];
  const args: string[] = [];
  for (const [field, age] of Object.entries(AGE_FIELDS)) {
    const days = wanted[age];
    if (days === undefined || (current !== undefined && plain(age, current[age]) === days)) {
      continue;
    }
    const now = current === undefined ? "" : ` ${shown(age, plain(age, current[age]))} →`;
    words.push(`${field}${now} ${shown(age, days)}`);
    args.push(OPTIONS[age], String(days));
  }
  return { words, args };
}

/** The arguments of chage that bring ages back. */
export function ageArguments(ages: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(AGE_FIELDS).flatMap(([field, age]) =>
    typeof ages[field] === "number" ? [OPTIONS[age], String(ages[field])] : []
  );
}

/** The ages as they are kept to take a change back. */
export function agesAsState(ages: PasswordAges): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(AGE_FIELDS).map(([field, age]) => [field, ages[age] ?? -1]),
  );
}

function plain(age: keyof PasswordAges, days: number | undefined): number {
  if (age === "min") return days ?? 0;
  return days === undefined || (age === "max" && days >= FOR_EVER) ? -1 : days;
}

function shown(age: keyof PasswordAges, days: number): string {
  if (days < 0) return NEVER;
  return age === "expires" ? new Date(days * DAY_MS).toISOString().slice(0, 10) : String(days);
}
