/**
 * The units of a cron job as they are, against what they should be.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import type { UnitState } from "../../systemd/services.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import { differenceOf } from "../shared/files/difference.ts";
import { hiddenOf } from "../shared/files/private.ts";
import type { CronParams, UnitFile } from "./params.ts";
import { lastRunProblem, runObstacle, scheduleProblem } from "./runs.ts";

/** A file that is not as it should be. */
export interface UnitDrift {
  readonly file: UnitFile;
  readonly seen: Sight;
}

/** What differs, in words, and what removes it. */
export interface CronDifferences {
  readonly reasons: readonly string[];
  readonly files: readonly UnitDrift[];
  readonly enabled?: boolean;
  readonly job?: "start" | "restart" | "stop";
}

/** What is read of a file at most; what is longer is none of ours. */
const LONGEST_FILE = 1024 * 1024;

/** What a job remembers between passes. */
export interface CronMemory {
  /** systemd was asked about the schedule, and understands it. */
  understood: boolean;
  /** What was last said of the job's runs. */
  said: string | undefined;
}

/** Compares the job with what it should be; of one that is so the last run is looked at. */
export async function check(
  params: CronParams,
  context: KindContext<CronMemory>,
): Promise<Drift<CronDifferences> | Failure | undefined> {
  const obstacle = await runObstacle(params, context);
  if (obstacle !== undefined) return obstacle;
  const found = await findDifferences(params, context);
  if (!found.ok) return found.failure;
  const { reasons, files } = found.value;
  if (reasons.length === 0) {
    if (!params.absent) await tellLastRun(params, context);
    return undefined;
  }
  if (files.length > 0 && !params.absent && !context.memory.understood) {
    const problem = await scheduleProblem(params, context);
    if (problem !== undefined) return problem;
    context.memory.understood = true;
  }
  return drift(reasons.join("; "), found.value, { difference: () => difference(found.value) });
}

/** A job that fails is none of the graph's business, but somebody should know; once for each reason. */
async function tellLastRun(params: CronParams, context: KindContext<CronMemory>): Promise<void> {
  const problem = await lastRunProblem(params, context);
  if (problem !== undefined && problem !== context.memory.said) context.warn(problem);
  context.memory.said = problem;
}

async function difference({ files }: CronDifferences): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { file: { text }, seen } of files) {
    if (text === "") continue;
    const content = new TextEncoder().encode(text);
    const hidden = hiddenOf(undefined, seen);
    lines.push(...await differenceOf({ seen, content, size: content.length, hidden }));
  }
  return lines;
}

/** Finds what differs. */
async function findDifferences(
  params: CronParams,
  context: KindContext,
): Promise<Result<CronDifferences>> {
  const files = await changedFiles(params, context);
  if (!files.ok) return files;
  const unit = await context.host.services.system.look(params.timer, context.signal);
  if (!unit.ok) {
    const gone = params.absent && unit.failure.code === "bus-unavailable";
    return gone ? ok(withFiles(params, files.value, undefined)) : unit;
  }
  const bad = params.absent || files.value.length > 0 ? undefined : unloadable(unit.value);
  if (bad !== undefined) return { ok: false, failure: bad };
  return ok(withFiles(params, files.value, unit.value));
}

function withFiles(
  params: CronParams,
  files: readonly UnitDrift[],
  unit: UnitState | undefined,
): CronDifferences {
  const reasons = files.map((change) => reasonFor(change));
  const isUp = unit?.active === "active" || unit?.active === "activating";
  const isEnabled = unit?.file === "enabled";
  if (params.absent) {
    if (isUp) reasons.push(`${params.timer} is started`);
    return {
      reasons,
      files,
      ...(isEnabled ? { enabled: false } : {}),
      ...(isUp ? { job: "stop" } : {}),
    };
  }
  if (!isEnabled) reasons.push(`${params.timer} is not enabled`);
  if (!isUp) reasons.push(`${params.timer} is not started`);
  // A timer that runs keeps the moment that it waits for.
  const restarts = isUp && files.some(({ file }) => file.path.endsWith(".timer"));
  return {
    reasons,
    files,
    ...(isEnabled ? {} : { enabled: true }),
    ...(isUp ? restarts ? { job: "restart" } : {} : { job: "start" }),
  };
}

function reasonFor({ file: { path, text }, seen }: UnitDrift): string {
  if (text === "") return `${path} exists`;
  if (seen.type === "absent") return `${path} does not exist`;
  return seen.type === "file" ? `${path} differs` : `${path} is no file`;
}

async function changedFiles(
  { files }: CronParams,
  { host, signal }: KindContext,
): Promise<Result<readonly UnitDrift[]>> {
  const changes: UnitDrift[] = [];
  for (const file of files) {
    const seen = await host.files.look(file.path, { contentUpToBytes: LONGEST_FILE, signal });
    if (!seen.ok) return seen;
    if (!isAsWanted(file, seen.value)) changes.push({ file, seen: seen.value });
  }
  return ok(changes);
}

function isAsWanted({ text }: UnitFile, seen: Sight): boolean {
  if (text === "") return seen.type === "absent";
  if (seen.type !== "file" || seen.content === undefined) return false;
  return new TextDecoder().decode(seen.content) === text;
}

/** systemd has read the files, and does not take them. */
function unloadable({ name, load, loadError }: UnitState): Failure | undefined {
  if (load === "loaded" || load === "not-found" || load === "masked") return undefined;
  return failure(`systemd does not take ${name} (${load}): ${loadError}`, {
    code: load,
    hint: `look at it with: systemd-analyze verify ${name}`,
  });
}
