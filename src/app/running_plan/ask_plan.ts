/**
 * `mgmt plan --running`: asks the running agent what an edit of its graph would do.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import { graphTextPath } from "../../os/graph_text.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { writeData, writeTalk } from "../../os/terminal.ts";
import { palette } from "../../report/palette.ts";
import { planExitCode, planText } from "../../report/plan/text.ts";
import { EXIT } from "../agent.ts";
import type { EditedGraph } from "../../control/agent.ts";
import { agentPrefix } from "../agent_prefix.ts";
import { askAgent, objectOf } from "../control/ask_agent.ts";
import type { GivenFlags } from "../flags.ts";
import type { RunSettings } from "../settings.ts";
import { type AnsweredPlan, readPlan } from "./plan_answer.ts";

/** For a graph of the greatest size to be read and compared. */
const ANSWER_MS = 60_000;

/** Asks, and shows the plan; the result is the exit code, or why there is none. */
export async function runningPlan(
  settings: RunSettings,
  flags: GivenFlags,
): Promise<Result<number>> {
  const path = graphTextPath(settings.file);
  if (path === "-") {
    return fail("the running agent reads the graph, and cannot read this standard input", {
      code: "no-file",
      hint: "name a file or a directory",
    });
  }
  const plan = await askedPlan({ file: path, name: settings.file, color: settings.color }, flags);
  if (!plan.ok) {
    if (plan.failure.code !== "refused") return plan;
    // What is wrong with it, with its lines.
    await writeTalk(`${plan.failure.message}\n`);
    return ok(EXIT.wrong);
  }
  const { said, ...made } = plan.value;
  if (said !== undefined) await writeTalk(`${said}\n`);
  await writeData(await shown(made, settings));
  return ok(planExitCode(made));
}

/** The agent reads the graph, for it knows its own name, labels and facts. */
async function askedPlan(given: EditedGraph, flags: GivenFlags): Promise<Result<AnsweredPlan>> {
  const prefix = agentPrefix({ flags });
  if (!prefix.ok) return prefix;
  const question = {
    method: "GET",
    path: "/v1/plan",
    given,
    answerMs: ANSWER_MS,
  } as const;
  const clock = createLocalClock();
  const asked = await askAgent(prefix.value, question, clock);
  if (!asked.ok) return { ok: false, failure: older(asked.failure) };
  const said = await objectOf(asked.value, { clock });
  return said.ok ? readPlan(said.value) : said;
}

function older(failure: Failure): Failure {
  if (failure.code !== "unknown-path") return failure;
  return {
    ...failure,
    message: "the running agent is of an older version, and makes no plans",
    hint: "restart it with this one",
  };
}

async function shown(plan: AnsweredPlan, settings: RunSettings): Promise<string> {
  if (settings.output === "json") {
    return `${JSON.stringify({ ...plan, file: settings.file })}\n`;
  }
  const places = new Map(plan.resources.map(({ key, place }) => [key, place]));
  return await planText(plan, {
    paint: palette(settings.color),
    all: settings.verbosity === "verbose",
    placeOf: (key) => Promise.resolve(places.get(key)),
  });
}
