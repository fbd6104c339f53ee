/**
 * The command whose lines are events.
 *
 * @module
 */

import { createBackoff } from "../../base/backoff.ts";
import { eitherOf } from "../../base/either.ts";
import { LIMITS } from "../../base/limits.ts";
import type { SeenChange, Watch } from "../../os/watch/watcher.ts";
import type { WatchContext } from "../../kind/kind.ts";
import type { ExecParams } from "./params.ts";
import { endOf } from "../shared/command/exit.ts";
import { surroundings } from "./command.ts";
import type { Argv } from "../shared/command/split.ts";

/** A command that ran so long worked; the next pause is the shortest again. */
const WORKED_MS = 60_000;

/** Runs the command until the watch is closed, again and again if it ends. */
export function watchCommand(argv: Argv, params: ExecParams, context: WatchContext): Watch {
  const stop = eitherOf(context.signal);
  void keepRunning(argv, params, context, stop.signal);
  return {
    close: () => {
      stop.end();
      stop.abort();
    },
  };
}

async function keepRunning(
  argv: Argv,
  params: ExecParams,
  context: WatchContext,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = context.host;
  // Where something decides whether the command is needed, what a pause hid can be made up for.
  const { condition, unless, creates } = params;
  const decides = [condition, unless, creates].some((one) => one !== undefined);
  const backoff = createBackoff();
  while (!signal.aborted) {
    const startMs = clock.nowMs();
    const { why, heard } = await runOnce(argv, params, context, signal);
    if (signal.aborted) return;
    if (heard || clock.nowMs() - startMs >= WORKED_MS) backoff.reset();
    const delayMs = backoff.next();
    if (why !== undefined) context.warn(`watchcmd ${why}; it starts again in ${delayMs / 1000} s`);
    await clock.sleep(delayMs, signal);
    if (decides && !signal.aborted) context.changed(seenOf(argv, "was started again"));
  }
}

/** Not what it printed, which may be secret. */
function seenOf([program]: Argv, what: string): SeenChange {
  return { source: "command", path: program, what };
}

/** Runs it to its end. `why`: what is wrong with that end; `heard`: it printed something. */
async function runOnce(
  argv: Argv,
  params: ExecParams,
  context: WatchContext,
  signal: AbortSignal,
): Promise<{ why: string | undefined; heard: boolean }> {
  const around = await surroundings(params, context.host);
  if (!around.ok) return { why: `cannot run: ${around.failure.message}`, heard: false };
  let heard = false;
  let complaints = 0;
  const ran = await context.host.processes.run({
    ...around.value,
    argv,
    signal,
    standing: true,
    lineLimit: Infinity,
    line: (text, stream) => {
      if (stream === "stderr") {
        if (params.sensitive) return;
        if (++complaints <= LIMITS.outputLines) context.line(text, stream);
        return;
      }
      heard = true;
      context.changed(seenOf(argv, "printed a line"));
    },
  });
  if (!ran.ok) return { why: `cannot run: ${ran.failure.message}`, heard };
  // One that waits for an event, prints it and exits is how many such tools work.
  const fine = heard && ran.value.code === 0;
  return { why: fine ? undefined : endOf(ran.value, 0), heard };
}
