/**
 * A run from its settings to its exit code: state, lock, host, reports, agent.
 *
 * @module
 */

import { buildLine } from "../os/build.ts";
import type { Resource } from "../kind/resource.ts";
import { environment, isTerminal } from "../os/environment.ts";
import { graphTextPath } from "../os/graph_text.ts";
import { hostName } from "../os/host_name.ts";
import { createLocalHost, type LocalHost } from "../host/local.ts";
import type { Clock } from "../os/clock.ts";
import { createLocalClock } from "../os/local_clock.ts";
import { keepDescriptors, raiseDescriptorLimit } from "../os/native/limits.ts";
import { writeTalk } from "../os/terminal.ts";
import { afterwards } from "../report/afterwards.ts";
import type { EventSink, Reporter, ReportEvent } from "../report/event.ts";
import { RunTotals } from "../report/metrics/totals.ts";
import { sinkList } from "../report/sinks.ts";
import { RunState } from "../report/state.ts";
import { Agent, EXIT } from "./agent.ts";
import { DataOutput, engineOf, exitOf, openReporter } from "./open_reporter.ts";
import { claimRun } from "./claim_run.ts";
import { seeAuthors } from "./see_authors.ts";
import { openService, type ServiceLinks } from "./service/as_service.ts";
import { trustAsService, trustByHand } from "./graph/graph_trust.ts";
import { inputsOfRun } from "./facts/graph_inputs.ts";
import { needlessHolds } from "./holds/needless_holds.ts";
import type { Hooks } from "./hooks/hooks.ts";
import { Recorder, type RecorderOptions } from "../journal/recorder.ts";
import { journalPath } from "./journal/journal_path.ts";
import { endsByItself, keepsJournal, type RunSettings } from "./settings.ts";
import type { StatePlace } from "./state_place.ts";

/** Nanoseconds in a millisecond. */
const NS = 1_000_000n;

/** Runs an agent to its end; the result is the exit code. */
export async function runAgent(told: RunSettings): Promise<number> {
  keepDescriptors();
  if (told.convergedTimeoutSeconds !== 0) raiseDescriptorLimit();
  // Before anything else: the working directory is not kept.
  const graphPath = graphTextPath(told.file);
  let agent: Agent | undefined;
  const data = new DataOutput();
  const clock = createLocalClock();
  const service = openServiceOfRun(told.file, clock);
  const state = new RunState(() => clock.wall().getTime());
  const writer = await openReporter(told, data, {
    ...{ clock, journal: service?.page, state },
    placeOf: (key) => agent?.placeOf(key) ?? Promise.resolve(undefined),
  });
  const totals = totalsOf(told, () => agent);
  const sinks: EventSink[] = [state, totals, writer];
  const reporter = afterwards(sinkList(sinks));
  const warn = (text: string) => reporter.event({ type: "warning", text });
  const manager = service?.manager?.({ state, warn });
  if (manager !== undefined) sinks.push(manager);
  const isService = manager !== undefined || service?.page !== undefined;
  const trust = isService ? trustAsService() : trustByHand();
  const place = await claimRun(told, clock, trust);
  if (!place.ok) return await refuse(reporter, place.failure);
  const { settings } = place.value;
  const tell = (event: ReportEvent) => reporter.event(event);
  const journal = openJournal(settings, place.value, { clock, tell, agent: () => agent });
  sinks.push(needlessHolds(tell), ...(journal === undefined ? [] : [journal]));
  try {
    start(reporter, settings, clock);
    const { prefix, earlier } = place.value;
    if (place.value.warning !== undefined) warn(place.value.warning);
    const host = createLocalHost({ prefix, warn });
    try {
      const placeOf = (key: string) => agent?.placeOf(key);
      const hooks = await openHooks({ ...settings, file: graphPath }, host, reporter, placeOf);
      if (hooks !== undefined) sinks.push(hooks);
      sinks.push(seeAuthors(settings, host, reporter));
      const recovered = prefix === undefined ? undefined : await host.files.recover();
      if (recovered?.ok === false) warn(recovered.failure.message);
      const onTerminal = isTerminal("stderr");
      const follow = (sink: EventSink) => void sinks.push(sink);
      const parts = { settings, host, reporter, manager, graphPath, onTerminal, prefix, earlier };
      const inputs = inputsOfRun(settings, { host, prefix, earlier, warn });
      const engineIs = engineOf(writer, manager);
      const exit = exitOf(host, writer, clock);
      const heard = { follow, engineIs, state, totals, hooks, journal };
      agent = new Agent({ ...parts, ...heard, inputs, trust, exitNow: exit });
      return await data.exitCode(await agent.run());
    } finally {
      await host.close();
    }
  } finally {
    await journal?.close();
    place.value.release();
    await reporter.flush();
    manager?.close();
    service?.close();
  }
}

/** Counts what happens; which resources are only looked at the graph in force says. */
function totalsOf({ noop }: RunSettings, agent: () => Agent | undefined): RunTotals {
  return new RunTotals((key) => noop || agent()?.graph.vertices.get(key)?.meta.noop === true);
}

/** Where a run keeps what it did, if it does. */
function openJournal(
  settings: RunSettings,
  { prefix }: StatePlace,
  { agent, ...parts }: Pick<RecorderOptions, "clock" | "tell"> & {
    readonly agent: () => Agent | undefined;
  },
): Recorder | undefined {
  if (prefix === undefined || !keepsJournal(settings)) return undefined;
  return new Recorder({
    path: journalPath(prefix),
    endsByItself: endsByItself(settings),
    ...settings.journal,
    placeOf: (key) => agent()?.placeOf(key, true) ?? Promise.resolve(undefined),
    pathOf: (key) => ownPath(agent()?.graph.vertices.get(key)),
    ...parts,
  });
}

/** The path of the one file that a resource decides, where that is not its name. */
function ownPath(resource: Resource | undefined): string | undefined {
  if (resource === undefined) return undefined;
  const claims = resource.kind.claims?.(resource.params) ?? [];
  const paths = claims.flatMap((claim) =>
    typeof claim === "string" || claim.says === "presence" ? [] : [claim.path]
  );
  return paths.length !== 1 || paths[0] === resource.name ? undefined : paths[0];
}

/** What started the program as a service; most runs are none, and need none of this. */
function openServiceOfRun(file: string, clock: Clock): ServiceLinks | undefined {
  const isService = ["NOTIFY_SOCKET", "JOURNAL_STREAM"].some((name) =>
    environment(name) !== undefined
  );
  return isService ? openService(file, clock, writeTalk) : undefined;
}

/** Commands that are told what happens; without changes there is nothing to tell. */
async function openHooks(
  { hooks, hostname, file, noop }: RunSettings,
  { clock, processes }: LocalHost,
  reporter: Reporter,
  placeOf: (key: string) => ReturnType<Agent["placeOf"]> | undefined,
): Promise<Hooks | undefined> {
  if (hooks.length === 0 || noop) return undefined;
  const { Hooks } = await import("./hooks/hooks.ts");
  return new Hooks(hooks, {
    clock,
    processes,
    host: hostname ?? hostName(),
    file,
    wall: () => clock.wall(),
    placeOf: async (key) => await placeOf(key),
    tell: (event) => reporter.event(event),
  });
}

function start(reporter: Reporter, settings: RunSettings, clock: Clock): void {
  const startedNs = BigInt(clock.wall().getTime()) * NS;
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
