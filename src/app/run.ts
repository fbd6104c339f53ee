/**
 * A run from its settings to its exit code: state, lock, host, reports, agent.
 *
 * @module
 */

import { buildLine } from "../host/build.ts";
import { createLocalHost } from "../host/local.ts";
import { createLocalClock } from "../host/local_clock.ts";
import { type StateLock, takeStateLock } from "../host/state_lock.ts";
import { defaultPrefix, temporaryPrefix } from "../host/state_directory.ts";
import { exitNow, writeData, writeTalk } from "../host/terminal.ts";
import type { Reporter } from "../report/event.ts";
import { createReporter } from "../report/reporter.ts";
import type { LoadedGraph } from "../lang/load.ts";
import { Agent, EXIT } from "./agent.ts";
import { prefixOf, type RunSettings } from "./settings.ts";

/** Nanoseconds in a millisecond. */
const NS = 1_000_000n;

/** Runs an agent to its end; the result is the exit code. */
export async function runAgent(settings: RunSettings): Promise<number> {
  let agent: Agent | undefined;
  const placeOf: LoadedGraph["placeOf"] = (key) =>
    agent?.placeOf(key) ?? Promise.resolve(undefined);
  const reporter = openReporter(settings, placeOf);
  const temporary = settings.tmpPrefix && !settings.noop ? temporaryPrefix() : undefined;
  const prefix = settings.noop ? undefined : temporary?.path ?? prefixOf(settings, defaultPrefix());
  let lock: StateLock | undefined;
  try {
    if (prefix !== undefined) {
      const locked = await takeStateLock(prefix, settings.file, createLocalClock());
      if (!locked.ok) return await refuse(reporter, locked.failure);
      lock = locked.value;
    }
    start(reporter, settings);
    const warn = (text: string) => reporter.event({ type: "warning", text });
    const host = createLocalHost({ prefix, warn });
    try {
      const recovered = prefix === undefined ? undefined : await host.files.recover();
      if (recovered?.ok === false) warn(recovered.failure.message);
      agent = new Agent({
        settings,
        host,
        reporter,
        prefix,
        exitNow: (code) => {
          host.kill();
          exitNow(code);
        },
      });
      return await agent.run();
    } finally {
      await host.close();
    }
  } finally {
    lock?.close();
    temporary?.remove();
    await reporter.flush();
  }
}

function openReporter(
  settings: RunSettings,
  placeOf: LoadedGraph["placeOf"],
): Reporter {
  const clock = createLocalClock();
  return createReporter({
    format: settings.output,
    color: settings.color,
    verbosity: settings.verbosity,
    endsByItself: settings.convergedTimeoutSeconds >= 0,
    wall: () => clock.wall(),
    breathe: () => clock.breathe(),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    placeOf,
    writeData,
    writeTalk,
  });
}

function start(reporter: Reporter, settings: RunSettings): void {
  const startedNs = BigInt(createLocalClock().wall().getTime()) * NS;
  reporter.event({
    type: "start",
    version: buildLine().replace(/^mgmt /, ""),
    startedNs: startedNs.toString(),
    file: settings.file,
  });
}

async function refuse(
  reporter: Reporter,
  { message, hint }: { readonly message: string; readonly hint?: string },
): Promise<number> {
  reporter.event({
    type: "diagnostics",
    text: `error: ${message}${hint === undefined ? "" : `\n  hint: ${hint}`}`,
    errors: 1,
    warnings: 0,
    keepsOld: false,
  });
  await reporter.flush();
  return EXIT.wrong;
}
