/**
 * A live screen on a terminal that is emulated (xterm's own code, without a picture), with a clock and
 * work that a test decides about.
 *
 * @module
 */

import xterm from "@xterm/headless";
import type { WorkingVertex } from "../../src/engine/at_work.ts";
import type { ScreenHooks } from "../../src/report/live/screen.ts";
import type { ReportEvent } from "../../src/report/event.ts";
import { LiveReporter } from "../../src/report/live/live_reporter.ts";
import { RunState } from "../../src/report/state.ts";
import { ManualClock } from "./manual_clock.ts";

// Its types speak of a module, which it is not.
const { Terminal } = xterm as unknown as typeof import("@xterm/headless");

/** What a {@linkcode LiveWorld} may be told. */
export interface LiveWorldOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly color?: boolean;
}

/** See the module. */
export class LiveWorld {
  readonly clock = new ManualClock();
  readonly state = new RunState(() => this.clock.nowMs());
  readonly reporter: LiveReporter;
  /** Who is at work, with the time it began. */
  readonly work = new Map<string, Partial<WorkingVertex> & { readonly sinceMs: number }>();
  /** All that was written. */
  bytes = "";
  /** Resolves when the terminal takes something again, while it does not. */
  paused: Promise<void> | undefined;
  isGone = false;
  isOurs = true;
  hooks: ScreenHooks | undefined;
  readonly #terminal: InstanceType<typeof Terminal>;

  constructor({ columns = 60, rows = 16, color = false }: LiveWorldOptions = {}) {
    const { clock, state } = this;
    // A terminal's driver makes a carriage return and a line feed of each line feed.
    const how = { convertEol: true, allowProposedApi: true, scrollback: 100_000 };
    this.#terminal = new Terminal({ cols: columns, rows, ...how });
    this.reporter = new LiveReporter({
      screen: {
        size: () => ({ columns: this.#terminal.cols, rows: this.#terminal.rows }),
        isOurs: () => this.isOurs,
        follow: (hooks) => {
          this.hooks = hooks;
          return () => this.hooks = undefined;
        },
      },
      ...{ clock, state, color, verbosity: "normal", endsByItself: false, file: "g.yaml" },
      wall: () => clock.wall(),
      yieldTurn: () => clock.yieldTurn(),
      sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
      placeOf: () => Promise.resolve(undefined),
      writeData: () => Promise.resolve(),
      writeTalk: (text) => this.#write(text),
    });
    this.reporter.follow({
      workNow: ({ leastMs, most }) => {
        const all = [...this.work].map(([key, { sinceMs, ...how }]): WorkingVertex => ({
          ...{ key, step: "apply", waitsFor: undefined, forMs: clock.nowMs() - sinceMs },
          ...how,
        }));
        const old = all.filter(({ forMs }) => forMs >= leastMs);
        return { vertices: old.slice(0, most), count: old.length, isAny: all.length > 0 };
      },
    });
  }

  /** A graph of resources with these keys comes into force. */
  graph(...keys: readonly string[]): void {
    const counts = { vertices: keys.length, edges: 0, automatic: 0 };
    const change = { added: keys.length, changed: 0, removed: 0, kept: 0 };
    this.say({ type: "graph", name: "web", seed: 1, ...counts, ...change, keys: () => keys });
  }

  say(...events: readonly ReportEvent[]): void {
    for (const event of events) {
      this.state.event(event);
      this.reporter.event(event);
    }
  }

  begins(key: string, how: Partial<WorkingVertex> = {}): void {
    this.work.set(key, { ...how, sinceMs: this.clock.nowMs() });
  }

  /** Somebody else writes to the terminal. */
  async others(text: string): Promise<void> {
    await new Promise<void>((resolve) => this.#terminal.write(text, resolve));
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.others("");
    this.#terminal.resize(columns, rows);
    this.hooks?.resized();
    await this.clock.pass(50);
  }

  /** What is seen, without empty rows at the end; with `all`, also what has scrolled away. */
  async text(all = false): Promise<string[]> {
    await this.others("");
    const { active } = this.#terminal.buffer;
    const from = all ? 0 : active.viewportY;
    const rows = Array.from(
      { length: active.length - from },
      (_, row) => active.getLine(from + row)?.translateToString(true) ?? "",
    );
    while (rows.at(-1) === "") rows.pop();
    return rows;
  }

  /** Where the next character comes, from the top of what is seen. */
  async cursor(): Promise<{ column: number; row: number }> {
    await this.others("");
    const { cursorX: column, cursorY: row } = this.#terminal.buffer.active;
    return { column, row };
  }

  async #write(text: string): Promise<void> {
    await this.paused;
    if (this.isGone) throw new Error("the terminal is gone");
    this.bytes += text;
    this.#terminal.write(text);
  }
}

/** `12:00:00 ` before lines, which depends on where the tests run. */
export function withoutTimes(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line.replace(/^\d\d:\d\d:\d\d /, "").replace(/\d\d:\d\d:\d\d$/, "TIME")
  );
}
