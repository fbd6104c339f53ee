/**
 * The host's own programs for users and groups: useradd, usermod and their like. They know what else
 * belongs to an account (shadow, subuid, mail), and take the lock.
 *
 * @module
 */

import { type Failure, failure } from "../../../base/result.ts";
import { Turns } from "../../../base/turns.ts";
import type { Exit } from "../../../os/process/processes.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import { patienceOf } from "../../../kind/waiting.ts";
import { LockWait } from "./lock.ts";

/** Program and arguments, and what only it may see. */
export interface AccountCall {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** It copies or removes what may be large. */
  readonly long?: boolean;
}

/** Longer than any of them takes that does not hang. */
const TIMEOUT_MS = 120_000;
const LONG_TIMEOUT_MS = 6 * 3600_000;
/** What cron gives to its programs leaves out where these are. */
export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SHOWN_LINES = 3;

/** The programs would wait for each other's lock; here each has its turn, in order. */
const turns = new Turns();

/** Runs `work` when nobody else of this program changes users or groups. */
export async function inTurn(
  what: string,
  context: WorkContext,
  work: () => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  return onlyRoot(what, context) ?? await turns.take("accounts", work, patienceOf(context));
}

/** Why the agent's user can change none of them; undefined: it can. */
export function onlyRoot(what: string, { host }: WorkContext): Failure | undefined {
  return host.users.own === 0
    ? undefined
    : failure(`cannot ${what}: only root can`, { code: "EACCES", needs: [], hint: "run as root" });
}

/** Runs a program once the locks are free, and again after it was refused one, within the limit. */
export async function runTool(
  call: AccountCall,
  context: WorkContext,
): Promise<Failure | undefined> {
  const wait = new LockWait(context);
  try {
    for (;;) {
      const locked = await wait.untilFree();
      if (locked !== undefined) return locked;
      const problem = await runOnce(call, context);
      if (problem?.code !== "locked") return problem;
      const over = await wait.refused(problem);
      if (over !== undefined) return over;
    }
  } finally {
    wait.end();
  }
}

/** It is not stopped in the middle: that would leave an account half made. */
async function runOnce(
  { argv, env, long }: AccountCall,
  context: WorkContext,
): Promise<Failure | undefined> {
  const [program] = argv;
  const timeoutMs = long ? LONG_TIMEOUT_MS : TIMEOUT_MS;
  const ran = await context.host.processes.run({
    argv,
    resource: context.key,
    env: { PATH, LC_ALL: "C", ...env },
    timeoutMs,
    whole: true,
  });
  if (!ran.ok) {
    if (ran.failure.code !== "not-found") return ran.failure;
    return noTool(program);
  }
  if (ran.value.code === 0) return undefined;
  const text = ran.value.tail.filter((line) => line.trim() !== "").slice(-SHOWN_LINES).join(" / ");
  // Where it could not even write its own lock file, waiting does not help.
  const couldNotWrite = /: \/etc\/\S+\.[0-9]+: /.test(text);
  if (/cannot lock/.test(text) && !couldNotWrite) return failure(text, { code: "locked" });
  return failure(`${program} ${endOf(ran.value, timeoutMs)}${text === "" ? "" : `: ${text}`}`, {
    code: "exit",
  });
}

/** That the host lacks one of the programs. */
export function noTool(program: string): Failure {
  return failure(`there is no program ${program} on this host`, {
    code: "not-found",
    hint: "it is in the package passwd (Debian), shadow-utils (Fedora) or shadow (others); " +
      "busybox's adduser cannot take its place",
  });
}

function endOf({ ended, code, signal }: Exit, timeoutMs: number): string {
  if (ended === "timeout") return `did not end within ${timeoutMs / 1000} s`;
  return code === undefined ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
}
