/**
 * The live screen of a run on the terminal that is its standard error; loaded where there is one.
 *
 * @module
 */

import { workNow } from "../engine/at_work.ts";
import type { Engine } from "../engine/engine.ts";
import { followTerminal, isInForeground, terminalSize } from "../os/screen.ts";
import type { Reporter } from "../report/event.ts";
import { type LiveOptions, LiveReporter } from "../report/live/live_reporter.ts";

/** A reporter that is told whom to ask who works. */
export interface FollowingReporter extends Reporter {
  follow(engine: Pick<Engine, "vertices">): void;
}

/** Opens the screen. */
export function openLive(options: Omit<LiveOptions, "screen">): FollowingReporter {
  const screen = { size: terminalSize, isOurs: isInForeground, follow: followTerminal };
  const reporter = new LiveReporter({ ...options, screen });
  const { clock } = options;
  return {
    event: (event) => reporter.event(event),
    flush: () => reporter.flush(),
    follow: (engine) =>
      reporter.follow({
        workNow: (question) => workNow(engine.vertices.values(), clock.nowMs(), question),
      }),
  };
}
