/**
 * Running the commands of an exec, and saying how they ended.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../../base/result.ts";
import type { Host } from "../../../host/host.ts";
import type { Exit, ProcessCommand } from "../../../os/process/processes.ts";
import type { KindContext } from "../../../kind/kind.ts";
import { endScope, limitHint, runSeconds, scopeOf } from "../../exec/limits.ts";
import type { ExecParams } from "../../exec/params.ts";
import { shellHint } from "./shell_signs.ts";
import type { Argv } from "./split.ts";

/** Time that a condition may take where the exec has no timeout. */
const CONDITION_SECONDS = 60;
/** Lines of output that a failure repeats, and their length together. */
const SHOWN_LINES = 3;
const SHOWN_LENGTH = 300;

/** What is the same for all commands of one exec: where, as whom, and with what environment. */
export async function surroundings(
  { cwd, env, inherit, user, group, sensitive }: ExecParams,
  host: Host,
): Promise<Result<Pick<ProcessCommand, "cwd" | "env" | "inherit" | "uid" | "gid" | "sensitive">>> {
  const uid = user === undefined ? undefined : await host.users.uid(user);
  if (uid?.ok === false) return uid;
  const gid = group === undefined ? undefined : await host.users.gid(group);
  if (gid?.ok === false) return gid;
  return ok({
    inherit,
    sensitive,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(uid === undefined ? {} : { uid: uid.value }),
    ...(gid === undefined ? {} : { gid: gid.value }),
  });
}

/** Why the command cannot even be started: its user, its directory or its program is not there. */
export async function startRefusal(
  params: ExecParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const around = await surroundings(params, context.host);
  if (!around.ok) return around.failure;
  const command = { ...around.value, ...scopeOf(params, context), argv: params.argv };
  const problem = await context.host.processes.foresee(command);
  return problem === undefined
    ? undefined
    : hinted(problem, params.bare ? shellHint(params.argv) : undefined);
}

function hinted(problem: Failure, hint: string | undefined): Failure {
  return hint === undefined ? problem : { ...problem, hint };
}

/** Runs the command itself; undefined: it succeeded. */
export async function runCommand(
  params: ExecParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const { argv, bare, sensitive } = params;
  const seconds = runSeconds(params);
  const scope = scopeOf(params, context);
  const around = await surroundings(params, context.host);
  if (!around.ok) return around.failure;
  const ran = await context.host.processes.run({
    ...around.value,
    ...scope,
    argv,
    timeoutMs: seconds * 1000,
    signal: context.signal,
    ...(sensitive ? {} : { line: (text, stream) => context.line(text, stream) }),
  });
  const hint = bare ? shellHint(argv) : undefined;
  if (!ran.ok) return hinted(ran.failure, hint);
  if (ran.value.lines === 0) context.note("Command output is empty!");
  else if (sensitive) context.note("Command output is not shown: it is sensitive");
  const problem = exitFailure(ran.value, seconds, limitHint(params, ran.value) ?? hint);
  const left = problem === undefined ? undefined : await endScope(scope, context);
  if (left !== undefined) context.warn(left.message);
  return problem;
}

/** Runs a condition: whether it exited with 0. */
export async function holds(
  condition: Argv,
  params: ExecParams,
  context: KindContext,
): Promise<Result<boolean>> {
  const seconds = params.timeoutSeconds || CONDITION_SECONDS;
  const around = await surroundings(params, context.host);
  if (!around.ok) return around;
  const ran = await context.host.processes.run({
    ...around.value,
    argv: condition,
    timeoutMs: seconds * 1000,
    signal: context.signal,
  });
  if (!ran.ok) {
    return { ok: false, failure: { ...ran.failure, message: `ifcmd: ${ran.failure.message}` } };
  }
  const { ended, code } = ran.value;
  if (ended === undefined) return ok(code === 0);
  const why = failure(`ifcmd ${endOf(ran.value, seconds)}`, {
    code: ended,
    hint: "a condition should only look, and be quick",
  });
  return { ok: false, failure: why };
}

/** The failure of a command that did not exit with 0. */
export function exitFailure(
  exit: Exit,
  timeoutSeconds: number,
  hint: string | undefined,
): Failure | undefined {
  if (exit.ended === undefined && exit.code === 0) return undefined;
  const lines = exit.tail.filter((line) => line.trim() !== "").slice(-SHOWN_LINES);
  const text = lines.join(" / ");
  const shown = text.length > SHOWN_LENGTH ? `…${text.slice(-SHOWN_LENGTH)}` : text;
  return failure(`${endOf(exit, timeoutSeconds)}${shown === "" ? "" : `: ${shown}`}`, {
    code: exit.ended ?? "exit",
    ...(hint === undefined ? {} : { hint }),
  });
}

/** How a command ended, as the rest of a sentence that begins with its name. */
export function endOf({ ended, code, signal, survivors }: Exit, timeoutSeconds: number): string {
  const left = survivors === 0
    ? ""
    : ` (${survivors} of its processes cannot be ended: they wait for a device or a mount)`;
  if (ended === "timeout") {
    return `did not end within ${timeoutSeconds} s (timeout) and was stopped${left}`;
  }
  if (ended === "stopped") return `was stopped${left}`;
  return code === undefined ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
}
