/**
 * Running the commands of an exec.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { Host } from "../../host/host.ts";
import type { ProcessCommand } from "../../os/process/processes.ts";
import type { KindContext } from "../../kind/kind.ts";
import { endScope, limitHint, runSeconds, scopeOf } from "./limits.ts";
import type { ExecParams } from "./params.ts";
import { endOf, exitFailure } from "../shared/command/exit.ts";
import { shellHint } from "../shared/command/shell_signs.ts";
import type { Argv } from "../shared/command/split.ts";

/** Time that a condition may take where the exec has no timeout. */
const CONDITION_SECONDS = 60;

type CommandSurroundings = Pick<
  ProcessCommand,
  "cwd" | "env" | "inherit" | "umask" | "uid" | "gid" | "sensitive"
>;

/** What is the same for all commands of one exec: where, as whom, and with what environment and umask. */
export async function surroundings(
  { cwd, env, inherit, user, group, umask, sensitive }: ExecParams,
  host: Host,
): Promise<Result<CommandSurroundings>> {
  const uid = user === undefined ? undefined : await host.users.uid(user);
  if (uid?.ok === false) return uid;
  const gid = group === undefined ? undefined : await host.users.gid(group);
  if (gid?.ok === false) return gid;
  return ok({
    inherit,
    sensitive,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(umask === undefined ? {} : { umask }),
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
  const { argv, bare, sensitive, stdin } = params;
  const seconds = runSeconds(params);
  const scope = scopeOf(params, context);
  const around = await surroundings(params, context.host);
  if (!around.ok) return around.failure;
  const ran = await context.host.processes.run({
    ...around.value,
    ...scope,
    argv,
    resource: context.key,
    ...(stdin === undefined ? {} : { input: stdin }),
    timeoutMs: seconds * 1000,
    signal: context.signal,
    ...(sensitive ? {} : { line: (text, stream) => context.line(text, stream) }),
  });
  const hint = bare ? shellHint(argv) : undefined;
  if (!ran.ok) return hinted(ran.failure, hint);
  if (ran.value.lines === 0) context.note("Command output is empty!");
  else if (sensitive) context.note("Command output is not shown: it is sensitive");
  const why = limitHint(params, ran.value) ?? hint;
  const problem = exitFailure(ran.value, seconds, why, params.successCodes);
  const left = problem === undefined ? undefined : await endScope(scope, context);
  if (left !== undefined) context.warn(left.message);
  return problem;
}

/** Which field a condition stands in. */
export type ConditionName = "ifcmd" | "unless";

/** Runs a condition: whether it exited with 0. */
export async function holds(
  name: ConditionName,
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
    resource: context.key,
    timeoutMs: seconds * 1000,
    signal: context.signal,
  });
  if (!ran.ok) {
    return { ok: false, failure: { ...ran.failure, message: `${name}: ${ran.failure.message}` } };
  }
  const { ended, code } = ran.value;
  // Of one that crashed, ifcmd has not asked for the command, and unless has not said that it need not.
  const crashed = code === undefined && name === "unless";
  if (ended === undefined && !crashed) return ok(code === 0);
  const why = failure(`${name} ${endOf(ran.value, seconds)}`, {
    code: ended ?? "exit",
    hint: "a condition should only look, and be quick",
  });
  return { ok: false, failure: why };
}
