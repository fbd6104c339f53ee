/**
 * Writing and removing the units of a cron job, and telling systemd.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import type { CronDifferences, CronMemory, UnitDrift } from "./check.ts";
import type { CronParams } from "./params.ts";
import { serviceOf } from "./units.ts";

/** Where systemd keeps when a timer last ran. */
const STAMPS = "/var/lib/systemd/timers";

/** When a timer last ran, as systemd keeps it. */
export function stampOf(timer: string): string {
  return `${STAMPS}/stamp-${timer}`;
}

/** Readable for all, as unit files are. */
const MODE = 0o644;

/** Nothing is told to systemd before all files are as they should be. */
export async function refuses(
  { files }: CronDifferences,
  _params: CronParams,
  context: KindContext<CronMemory>,
): Promise<Failure | undefined> {
  for (const { file: { path, text }, seen } of files) {
    const problem = await foreseeChange(
      { path, seen, does: text === "" ? "remove" : "replace" },
      context,
    );
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Makes the job as it should be. */
export async function keep(
  { files, enabled, job }: CronDifferences,
  { timer }: CronParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const { signal, host: { services: { system } } } = context;
  for (const change of files) {
    const { path, text } = change.file;
    const problem = text === "" ? await removeFile(path, context) : await write(change, context);
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
  return await removeFile(stampOf(timer), context);
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
