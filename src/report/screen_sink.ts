/**
 * Lines for people as text: `HH:MM:SS Kind[name]: message`.
 *
 * @module
 */

import type { Output } from "./output.ts";
import type { Level, LineSink } from "./line_sink.ts";
import type { Palette } from "./palette.ts";
import { label } from "../base/words.ts";

/** What a {@linkcode ScreenSink} is made of. */
export interface ScreenSinkOptions {
  readonly output: Output<string>;
  readonly paint: Palette;
  /** The time of day. */
  readonly wall: () => Date;
}

/** Differences stand below their line, clear of the time. */
const INDENT = " ".repeat(11);

/** Text on a stream. */
export class ScreenSink implements LineSink {
  readonly #options: ScreenSinkOptions;
  #second = -1;
  #time = "";
  /** Whom the last line was about. */
  #lastKey: string | undefined;

  constructor(options: ScreenSinkOptions) {
    this.#options = options;
  }

  say(_level: Level, text: string | Promise<string>, key?: string): void {
    this.#lastKey = key;
    // The time is that of now, also where the text comes later.
    const name = key === undefined ? "" : `${this.#options.paint.strong(label(key))}: `;
    const before = `${this.#clock()} ${name}`;
    const lines = (all: string) => all.split("\n").map((line) => `${before}${line}\n`).join("");
    this.#options.output.add(typeof text === "string" ? lines(text) : text.then(lines));
  }

  difference(level: Level, lines: readonly string[], key: string): void {
    if (this.#lastKey !== key) this.say(level, "Difference:", key);
    this.#options.output.add(lines.map((line) => `${INDENT}${line}\n`).join(""));
  }

  excerpt(_level: Level, text: string): void {
    this.#options.output.add(text.endsWith("\n") ? text : `${text}\n`);
  }

  flush(): Promise<void> {
    return this.#options.output.flush();
  }

  /** The time of day; made once a second. */
  #clock(): string {
    const now = this.#options.wall();
    const second = Math.floor(now.getTime() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      const parts = [now.getHours(), now.getMinutes(), now.getSeconds()];
      const time = parts.map((part) => String(part).padStart(2, "0")).join(":");
      this.#time = this.#options.paint.dim(time);
    }
    return this.#time;
  }
}
