/**
 * Holds a plan against what a run of the same graph then did.
 *
 * @module
 */

import { mgmt } from "./program.ts";

/** What is read of each resource of a plan. */
export interface PlannedKey {
  readonly key: string;
  readonly outcome: string;
  readonly behind?: string;
}

interface Said {
  readonly type: string;
  readonly key: string;
  readonly by?: string;
  readonly worldless?: boolean;
}

/** What a run did with its resources, by key. */
export interface Done {
  readonly changed: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  /** Who waited, and for whom. */
  readonly waited: ReadonlyMap<string, string>;
}

/** How many resources were planned, changed, and changed without that being foreseen as such. */
export interface Truth {
  readonly problems: readonly string[];
  readonly planned: number;
  readonly changed: number;
  readonly vague: number;
  /** Those, with what was said of them. */
  readonly vagueKeys: readonly string[];
  /** What the plan exited with. */
  readonly code: number;
}

/** From JSON lines of a run to what it did. */
export function doneOf(stdout: string): Done {
  const said: Said[] = stdout.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const of = (type: string) =>
    new Set(said.filter((each) => each.type === type && !each.worldless).map(({ key }) => key));
  const waited = new Map<string, string>();
  for (const { type, key, by = "" } of said) if (type === "blocked") waited.set(key, by);
  return { changed: of("changed"), failed: of("failed"), waited };
}

const DUE = new Set(["change", "after", "refresh", "unknown"]);
const MAY_FAIL = new Set(["refused", "after", "unknown", "refresh"]);

/** What a plan said that did not come true. */
export function judgeTruth(planned: readonly PlannedKey[], done: Done): Omit<Truth, "code"> {
  const problems: string[] = [];
  const outcomes = new Map(planned.map(({ key, outcome }) => [key, outcome]));
  for (const { key, outcome } of planned) {
    const [changed, failed, waited] = [
      done.changed.has(key),
      done.failed.has(key),
      done.waited.has(key),
    ];
    const is = (wrong: boolean, text: string) =>
      wrong && problems.push(`${key}: ${outcome}, ${text}`);
    is(changed && !DUE.has(outcome), "and it was changed");
    is(failed && !MAY_FAIL.has(outcome) && !(outcome === "blocked" && waited), "and it failed");
    const waitedUnforeseen = waited && waitsForUnforeseen(key, done, outcomes);
    is(outcome === "refused" && !failed && !waitedUnforeseen, "and it did not fail");
    is(outcome === "change" && !changed && !failed && !waited, "and it was not changed");
    is(outcome === "blocked" && !waited, "and it did not wait");
    is(waited && outcome !== "blocked" && !waitedUnforeseen, "and it waited");
  }
  const vague = [...done.changed].filter((key) =>
    ["after", "unknown"].includes(outcomes.get(key) ?? "")
  );
  return {
    problems,
    planned: planned.length,
    changed: done.changed.size,
    vague: vague.length,
    vagueKeys: vague.map((key) => `${key}: ${outcomes.get(key)}`),
  };
}

/** Whether it waited for one of which the plan said that it might fail, not that it would. */
function waitsForUnforeseen(
  key: string,
  { waited }: Done,
  outcomes: ReadonlyMap<string, string>,
): boolean {
  let at = waited.get(key);
  for (let steps = 0; at !== undefined && steps < waited.size + 1; steps++) {
    const next = waited.get(at);
    if (next === undefined) return outcomes.get(at) !== "refused";
    at = next;
  }
  return false;
}

/** Plans a graph, runs it once, and tells what was not true. */
export async function planAndRun(file: string, prefix: string): Promise<Truth> {
  const planned = await mgmt(["plan", file, "--output", "json", "--prefix", prefix]);
  const resources: PlannedKey[] = planned.stdout === "" ? [] : JSON.parse(planned.stdout).resources;
  const run = await mgmt([
    ...["run", file, "--prefix", prefix, "--converged-timeout=0", "--output", "json"],
    "--allow-unsafe-graph",
  ]);
  const truth = judgeTruth(resources, doneOf(run.stdout));
  const problems = planned.stdout === "" && run.code !== 1
    ? [`no plan (exit ${planned.code}): ${planned.stderr}`]
    : truth.problems;
  return { ...truth, problems, code: planned.code };
}
