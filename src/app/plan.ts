/**
 * `mgmt plan`: what a run would do, from looking alone.
 *
 * @module
 */

import { createLocalHost } from "../host/local.ts";
import { createLocalClock } from "../os/local_clock.ts";
import { graphTextPath } from "../os/graph_text.ts";
import { exitNow, writeData, writeTalk } from "../os/terminal.ts";
import type { Resource } from "../kind/resource.ts";
import type { Reporter } from "../report/event.ts";
import { palette } from "../report/palette.ts";
import { PlanFindings } from "../report/plan/findings.ts";
import { type Plan, planOf } from "../report/plan/outcome.ts";
import { planExitCode, planObject, planText } from "../report/plan/text.ts";
import { createReporter } from "../report/reporter.ts";
import { sinkList } from "../report/sinks.ts";
import { RunTotals } from "../report/metrics/totals.ts";
import { RunState } from "../report/state.ts";
import { Agent, EXIT } from "./agent.ts";
import { claimRun } from "./claim_run.ts";
import { inputsOfRun } from "./facts/graph_inputs.ts";
import { trustByHand } from "./graph/graph_trust.ts";
import { makersOf } from "./plan_makers.ts";
import { type LeavingQuestion, NOTHING_LEFT, planLeft } from "./reverse/leaving.ts";
import type { LeavingPlan } from "./reverse/outlook.ts";
import { reversedOf } from "./running_plan/compare.ts";
import { refreshOf } from "./running_plan/refresh_of.ts";
import { withRefreshes } from "./running_plan/with_refreshes.ts";
import type { RunSettings } from "./settings.ts";

/** Makes a plan and shows it; the result is the exit code. */
export async function runPlan(told: RunSettings): Promise<number> {
  const graphPath = graphTextPath(told.file);
  const clock = createLocalClock();
  const trust = trustByHand();
  const place = await claimRun(told, clock, trust);
  if (!place.ok) {
    const { message, hint } = place.failure;
    await writeTalk(`error: ${message}${hint === undefined ? "" : `\n  hint: ${hint}`}\n`);
    return EXIT.wrong;
  }
  const { prefix, earlier, settings } = place.value;
  const state = new RunState(() => clock.wall().getTime());
  const findings = new PlanFindings();
  const talker = talkerOf(settings, state);
  const reporter = sinkList([state, findings, talker]);
  const warn = (text: string) => reporter.event({ type: "warning", text });
  const host = createLocalHost({ prefix, warn, readsOnly: settings.plan });
  try {
    const agent = new Agent({
      settings,
      inputs: inputsOfRun(settings, { host, prefix, earlier, warn }),
      host,
      reporter,
      manager: undefined,
      engineIs: () => {},
      hooks: undefined,
      journal: undefined,
      graphPath,
      onTerminal: false,
      prefix,
      earlier,
      state,
      totals: new RunTotals(() => true),
      follow: () => {},
      trust,
      exitNow: (code) => {
        host.kill();
        exitNow(code);
      },
    });
    const exitCode = await agent.run();
    await talker.flush();
    if (exitCode !== EXIT.done && exitCode !== EXIT.failed) return exitCode;
    const makers = await makersOf(agent.graph, findings.byKey);
    const { graph } = agent;
    const { signal } = new AbortController();
    const leaving = await leftOf(agent, { prefix: earlier, graphPath, signal });
    const refreshes = (resource: Resource) => refreshOf(resource, host, signal);
    const found = await withRefreshes(graph, findings.byKey, leaving.refreshes, refreshes);
    const plan = { ...planOf(graph, found, makers), ...reversedOf(leaving) };
    await writeData(await shown(plan, settings, (key) => agent.placeOf(key)));
    return planExitCode(plan);
  } finally {
    await host.close();
    place.value.release();
  }
}

/** The copies that taking back needs are those of the runs before, beside no state of its own. */
async function leftOf(
  { graph, holds }: Agent,
  where: Pick<LeavingQuestion, "prefix" | "graphPath" | "signal">,
): Promise<LeavingPlan> {
  const { prefix } = where;
  if (prefix === undefined) return NOTHING_LEFT;
  const host = createLocalHost({ prefix, warn: () => {}, readsOnly: { probes: false } });
  try {
    return await planLeft({ ...where, graph, host, holdOf: (key) => holds.of(key) });
  } finally {
    await host.close();
  }
}

async function shown(
  plan: Plan,
  settings: RunSettings,
  placeOf: Agent["placeOf"],
): Promise<string> {
  if (settings.output === "json") {
    return `${JSON.stringify(await planObject(plan, settings.file, { placeOf }))}\n`;
  }
  const paint = palette(settings.color);
  return await planText(plan, { paint, all: settings.verbosity === "verbose", placeOf });
}

/** Says what is wrong with the graph, and warns; the plan itself is data. */
function talkerOf(settings: RunSettings, state: RunState): Reporter {
  const clock = createLocalClock();
  const reporter = createReporter({
    format: "human",
    color: settings.color,
    verbosity: "quiet",
    endsByItself: true,
    wall: () => clock.wall(),
    yieldTurn: () => clock.yieldTurn(),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    state,
    placeOf: () => Promise.resolve(undefined),
    writeData,
    writeTalk,
  });
  return {
    event: (event) => {
      if (event.type === "diagnostics" || event.type === "warning") reporter.event(event);
    },
    flush: () => reporter.flush(),
  };
}
