/**
 * A run from its settings to its exit code: state, lock, host, reports, agent.
 *
 * @module
 */

import { reasonOf } from "../base/result.ts";
import { buildLine } from "../host/build.ts";
import { environment, isTerminal } from "../host/environment.ts";
import { graphTextPath } from "../host/graph_text.ts";
import { createLocalHost } from "../host/local.ts";
import { createLocalClock } from "../host/local_clock.ts";
import { exitNow, isReaderGone, writeData, writeTalk } from "../host/terminal.ts";
import type { Reporter } from "../report/event.ts";
import type { Page } from "../report/page.ts";
import { createReporter } from "../report/reporter.ts";
import type { LoadedGraph } from "../lang/load.ts";
import { Agent, EXIT } from "./agent.ts";
import type { ServiceManager } from "./service_manager.ts";
import type { RunSettings } from "./settings.ts";
import { claimState } from "./state_place.ts";

/** Nanoseconds in a millisecond. */
const NS = 1_000_000n;

/** Runs an agent to its end; the result is the exit code. */
export async function runAgent(settings: RunSettings): Promise<number> {
  // Before anything else: the working directory is not kept.
  const graphPath = graphTextPath(settings.file);
  let agent: Agent | undefined;
  const data = new DataOutput();
  const journal = await openJournalOfRun();
  const screen = openReporter(
    settings,
    data,
    journal?.page,
    (key) => agent?.placeOf(key) ?? Promise.resolve(undefined),
  );
  const manager = await openManager(settings, screen);
  const reporter = manager === undefined ? screen : both(screen, manager);
  const place = await claimState(settings, createLocalClock());
  if (!place.ok) return await refuse(reporter, place.failure);
  try {
    start(reporter, settings);
    const { prefix } = place.value;
    const warn = (text: string) => reporter.event({ type: "warning", text });
    const host = createLocalHost({ prefix, warn });
    try {
      const recovered = prefix === undefined ? undefined : await host.files.recover();
      if (recovered?.ok === false) warn(recovered.failure.message);
      const exit = (code: number) => {
        host.kill();
        exitNow(code);
      };
      const onTerminal = isTerminal("stderr");
      const parts = { settings, host, reporter, manager, graphPath, onTerminal, prefix };
      agent = new Agent({ ...parts, exitNow: exit });
      return await data.exitCode(await agent.run());
    } finally {
      await host.close();
    }
  } finally {
    place.value.release();
    await reporter.flush();
    manager?.close();
    journal?.close();
  }
}

/** The service manager, where one has started the program as a service and wants to hear of it. */
async function openManager(
  settings: RunSettings,
  reporter: Reporter,
): Promise<ServiceManager | undefined> {
  // Most runs are no service, and need none of this.
  if (environment("NOTIFY_SOCKET") === undefined) return undefined;
  const clock = createLocalClock();
  const { openServiceNotify } = await import("../host/service_notify.ts");
  const notify = openServiceNotify(clock);
  if (notify === undefined) return undefined;
  const { ServiceManager } = await import("./service_manager.ts");
  const warn = (text: string) => reporter.event({ type: "warning", text });
  return new ServiceManager({ notify, clock, file: settings.file, warn });
}

/** Reports that the service manager hears of too. */
function both(reporter: Reporter, manager: ServiceManager): Reporter {
  return {
    event: (event) => {
      reporter.event(event);
      manager.event(event);
    },
    flush: () => reporter.flush(),
  };
}

/** Standard output, and whether it took everything. */
class DataOutput {
  #lost: unknown;

  readonly write = (text: string): Promise<void> =>
    writeData(text).catch((thrown) => {
      // Who has read enough may go; a full disk loses what somebody waits for.
      if (!isReaderGone(thrown)) this.#lost ??= thrown;
      throw thrown;
    });

  /** The exit code of a run that would have ended with `code`. */
  async exitCode(code: number): Promise<number> {
    if (this.#lost === undefined) return code;
    await writeTalk(`mgmt: the output cannot be written: ${reasonOf(this.#lost)}\n`).catch(
      () => {},
    );
    return code === EXIT.done ? EXIT.wrong : code;
  }
}

/** The journal, where the standard error leads there. */
async function openJournalOfRun(): Promise<{ readonly page: Page; close(): void } | undefined> {
  if (environment("JOURNAL_STREAM") === undefined) return undefined;
  const clock = createLocalClock();
  const { openJournal } = await import("../host/journal.ts");
  const journal = openJournal(clock);
  if (journal === undefined) return undefined;
  const { JournalPage } = await import("../report/journal_page.ts");
  const { breathe, sleep } = clock;
  return { page: new JournalPage({ ...journal, writeTalk, breathe, sleep }), close: journal.close };
}

function openReporter(
  settings: RunSettings,
  data: DataOutput,
  journal: Page | undefined,
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
    journal,
    writeData: data.write,
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
    // Not of the graph: that was not read.
    errors: 0,
    warnings: 0,
    keepsOld: false,
  });
  await reporter.flush();
  return EXIT.wrong;
}
