/**
 * Time as an input of programs: values that flip at moments that are known before.
 *
 * @module
 */

import type { InputReading, InputSource } from "../base/input.ts";
import type { Clock, Timer } from "../os/clock.ts";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DAY_MINUTES = 24 * 60;
/** A wait is at most so long: the time of day may be set. */
const LONGEST_WAIT_MS = 60_000;

/** A value, and when it is another. */
interface Flip {
  readonly value: number | boolean;
  readonly inMs: number;
}

/** `["every", "10m"]`: how many such times have gone by; `["within", "02:00-04:00"]`: whether it is then. */
export class TimeInputs implements InputSource {
  readonly #clock: Pick<Clock, "wall" | "after">;
  readonly #listeners = new Set<() => void>();
  /** What is read, and what it was then. */
  #followed = new Map<string, { readonly path: readonly string[]; value: Flip["value"] }>();
  #timer: Timer | undefined;

  constructor(clock: Pick<Clock, "wall" | "after">) {
    this.#clock = clock;
  }

  read(path: readonly string[]): InputReading {
    const flip = this.#flipOf(path);
    return { isKnown: true, value: flip?.value };
  }

  watch(changed: () => void): () => void {
    this.#listeners.add(changed);
    this.#arm();
    return () => {
      this.#listeners.delete(changed);
      if (this.#listeners.size === 0) this.#timer?.cancel();
    };
  }

  /** Only what is at these paths is followed from now on. */
  keep(paths: readonly (readonly string[])[]): void {
    const followed = new Map<string, { readonly path: readonly string[]; value: Flip["value"] }>();
    for (const path of paths) {
      const flip = this.#flipOf(path);
      if (flip !== undefined) followed.set(path.join(" "), { path, value: flip.value });
    }
    this.#followed = followed;
    this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    if (this.#followed.size === 0 || this.#listeners.size === 0) return;
    const waits = [...this.#followed.values()].map(({ path }) => this.#flipOf(path)?.inMs ?? 0);
    const delayMs = Math.min(LONGEST_WAIT_MS, ...waits.filter((wait) => wait > 0));
    this.#timer = this.#clock.after(delayMs, () => this.#look());
  }

  #look(): void {
    let isOther = false;
    for (const each of this.#followed.values()) {
      const value = this.#flipOf(each.path)?.value;
      if (value === undefined || value === each.value) continue;
      each.value = value;
      isOther = true;
    }
    if (isOther) { for (const changed of [...this.#listeners]) changed(); }
    this.#arm();
  }

  #flipOf([what, span = ""]: readonly string[]): Flip | undefined {
    const now = this.#clock.wall();
    if (what === "every") return everyFlip(span, now);
    return what === "within" ? withinFlip(span, now) : undefined;
  }
}

function everyFlip(span: string, now: Date): Flip | undefined {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(span) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const lengthMs = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const nowMs = now.getTime();
  const value = Math.floor(nowMs / lengthMs);
  return { value, inMs: (value + 1) * lengthMs - nowMs };
}

/** By the time of day of this host; the end is not within. */
function withinFlip(span: string, now: Date): Flip | undefined {
  const [from, to] = span.split("-").map(minutesOf);
  if (from === undefined || to === undefined) return undefined;
  const minutes = now.getHours() * 60 + now.getMinutes();
  const isWithin = from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
  const next = ((isWithin ? to : from) - minutes + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const inMs = next * UNIT_MS.m - now.getSeconds() * 1000 - now.getMilliseconds();
  return { value: isWithin, inMs };
}

function minutesOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}
