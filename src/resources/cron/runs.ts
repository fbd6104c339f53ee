/**
 * Whether a job can run, and how it last did.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { Host } from "../../host/host.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { CronParams } from "./params.ts";

/** Time for systemd-analyze. */
const ANALYZE_MS = 10_000;

/** Where systemd looks for a program that is named without a directory. */
const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What systemd's own exit codes mean, where it did not get as far as the command. */
const NOT_STARTED: Readonly<Record<number, string>> = {
  200: "its directory cannot be entered",
  203: "its program cannot be run",
  216: "its group cannot be taken",
  217: "its user cannot be taken",
};

/** Why every run would fail: there is no such user, or no such program. */
export async function runObstacle(
  { absent, user, program, timer, unit }: CronParams,
  { host, signal }: KindContext,
): Promise<Failure | undefined> {
  if (absent) return undefined;
  if (program === undefined) return await unitObstacle(unit, timer, host, signal);
  const uid = user === undefined ? undefined : await host.users.uid(user);
  if (uid?.ok === false) return everyRunFails(uid.failure, timer);
  const problem = await host.processes.foresee({
    argv: [program],
    inherit: [],
    env: { PATH: SEARCH_PATH },
  });
  return problem === undefined ? undefined : everyRunFails(problem, timer);
}

/** A unit that nobody has, or that must not be started; where systemd does not answer others say so. */
async function unitObstacle(
  unit: string,
  timer: string,
  { services: { system } }: Host,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const looked = await system.look(unit, signal);
  if (!looked.ok || looked.value.load === "loaded") return undefined;
  const { load, loadError } = looked.value;
  const why = load === "not-found" ? "is not there" : load === "masked" ? "is masked" : loadError;
  const problem = failure(`the unit ${unit} ${why}`, {
    code: load,
    hint: `look at it with: systemctl status ${unit}`,
    needs: [`/etc/systemd/system/${unit}`],
  });
  return everyRunFails(problem, timer);
}

function everyRunFails(problem: Failure, timer: string): Failure {
  return { ...problem, message: `every run of ${timer} would fail: ${problem.message}` };
}

/** Where a program may appear. */
export function programPlaces({ absent, program }: CronParams): readonly string[] {
  if (absent || program === undefined) return [];
  if (program.startsWith("/")) return [program];
  return SEARCH_PATH.split(":").map((directory) => `${directory}/${program}`);
}

/** That the last run of the job went wrong; undefined: it did not, or there was none. */
export async function lastRunProblem(
  { unit: name }: CronParams,
  { host, signal }: KindContext,
): Promise<string | undefined> {
  if (!name.endsWith(".service")) return undefined;
  const looked = await host.services.system.service(name, signal);
  if (!looked.ok || looked.value.result === "success") return undefined;
  const { result, exitStatus } = looked.value;
  const why = result === "exit-code"
    ? NOT_STARTED[exitStatus] ?? `it exited with code ${exitStatus}`
    : result;
  return `its last run failed: ${why}; look at it with: journalctl -u ${name}`;
}

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
