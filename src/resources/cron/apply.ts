/**
 * Writing and removing the units of a cron job, and telling systemd.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { CronDifferences, UnitDrift } from "./check.ts";
import type { CronParams } from "./params.ts";
import { serviceOf } from "./units.ts";

/** Time for systemd-analyze. */
const ANALYZE_MS = 10_000;
/** Where systemd keeps when a timer last ran. */
const STAMPS = "/var/lib/systemd/timers";
/** Readable for all, as unit files are. */
const MODE = 0o644;

/** What systemd says against the schedule, where it can be asked. */
export async function scheduleProblem(
  { calendars, timer }: CronParams,
  { host, signal }: KindContext,
): Promise<Failure | undefined> {
  const ran = await host.processes.run({
    argv: ["systemd-analyze", "calendar", "--", ...calendars],
    env: { LC_ALL: "C", SYSTEMD_COLORS: "0" },
    timeoutMs: ANALYZE_MS,
    signal,
  });
  if (!ran.ok || ran.value.code === 0) return undefined;
  const why = ran.value.tail.find((line) => /^Failed to parse/.test(line));
  // What it says otherwise is no word on the schedule; systemd itself will have the last.
  if (why === undefined) return undefined;
  return failure(`systemd does not understand the schedule of ${timer}: ${why}`, {
    code: "schedule",
    hint: "try: systemd-analyze calendar EXPRESSION, and see: man systemd.time",
    final: true,
  });
}

/** Makes the job as it should be. */
export async function keep(
  { files, enabled, job }: CronDifferences,
  { timer }: CronParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const { signal, host: { services: { system } } } = context;
  for (const change of files) {
    const problem = await write(change, context);
    if (problem !== undefined) return problem;
  }
  if (files.length > 0) {
    const problem = await system.reloadUnitFiles(signal);
    if (problem !== undefined) return problem;
  }
  if (enabled === true) {
    const problem = await system.changeFile("enable", timer, signal);
    if (problem !== undefined) return problem;
  }
  return job === undefined ? undefined : await system.run(job, timer, signal);
}

async function write(
  { file: { path, text }, seen }: UnitDrift,
  { host: { files }, signal }: KindContext,
): Promise<Failure | undefined> {
  if (seen.type === "file") {
    const kept = await files.backup(path, seen);
    if (!kept.ok) return kept.failure;
  }
  const content = new TextEncoder().encode(text);
  const written = await files.write({ path, content, seen, mode: MODE, signal });
  return written.ok ? undefined : written.failure;
}

/** Takes the job away; what it runs just now ends by itself. */
export async function remove(
  { files, enabled, job }: CronDifferences,
  { timer }: CronParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const { signal, host } = context;
  const { system } = host.services;
  if (job !== undefined) {
    const problem = await system.run(job, timer, signal);
    if (problem !== undefined) return problem;
  }
  if (enabled === false) {
    const problem = await system.changeFile("disable", timer, signal);
    if (problem !== undefined) return problem;
  }
  for (const { file: { path } } of files) {
    const problem = await removeFile(path, context);
    if (problem !== undefined) return problem;
  }
  const problem = await system.reloadUnitFiles(signal);
  if (problem !== undefined && problem.code !== "bus-unavailable") return problem;
  if (problem === undefined) {
    // What failed stays in systemd's lists, also without a file.
    await system.forgetFailure(timer, signal);
    await system.forgetFailure(serviceOf(timer), signal);
  }
  // Otherwise a job of this name that comes later would think that it ran already.
  return await removeFile(`${STAMPS}/stamp-${timer}`, context);
}

async function removeFile(
  path: string,
  { host: { files }, signal }: KindContext,
): Promise<Failure | undefined> {
  const seen = await files.look(path, { signal });
  if (!seen.ok) return seen.failure;
  if (seen.value.type === "absent") return undefined;
  const kept = seen.value.type === "file" ? await files.backup(path, seen.value) : seen;
  if (!kept.ok) return kept.failure;
  const removed = await files.remove(path, seen.value, { tree: false });
  return removed.ok ? undefined : removed.failure;
}
