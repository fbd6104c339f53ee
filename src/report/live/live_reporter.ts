/**
 * Events for somebody who watches a terminal: the lines that all people get, and a screen below them.
 *
 * @module
 */

import type { Reporter, ReportEvent } from "../event.ts";
import { HumanReporter } from "../human.ts";
import { humanOutput, type ReporterOptions } from "../reporter.ts";
import { palette } from "../palette.ts";
import { ScreenSink } from "../screen_sink.ts";
import { LiveScreen, type WorkSource } from "./live_screen.ts";
import type { Screen, ScreenClock } from "./screen.ts";

/** What a {@linkcode LiveReporter} is made of. */
export interface LiveOptions extends Omit<ReporterOptions, "format" | "journal"> {
  readonly screen: Screen;
  readonly clock: ScreenClock;
  /** The graph file as the user named it. */
  readonly file: string;
}

/** See the module. */
export class LiveReporter implements Reporter {
  readonly #human: HumanReporter;
  readonly #screen: LiveScreen;

  constructor(options: LiveOptions) {
    const paint = palette(options.color);
    const output = humanOutput({ ...options, writeTalk: (lines) => this.#screen.write(lines) });
    this.#screen = new LiveScreen({
      ...{ ...options, paint },
      timeOf: (atMs) => new Date(atMs).toTimeString().slice(0, 8),
      write: options.writeTalk,
      touch: () => output.touch(),
    });
    const page = new ScreenSink({ output, paint, wall: options.wall });
    this.#human = new HumanReporter({ ...options, page, paint, interactive: true });
  }

  /** Whom to ask who works. */
  follow(source: WorkSource): void {
    this.#screen.follow(source);
  }

  event(event: ReportEvent): void {
    // Who takes long stands below, with how long.
    if (event.type !== "running" || !this.#screen.isVisible) this.#human.event(event);
    this.#screen.event(event);
    if (event.type === "stop") this.#screen.close();
  }

  /** What is asked for at the end of a run: only lines are left on the terminal. */
  flush(): Promise<void> {
    this.#screen.close();
    return this.#human.flush();
  }
}
