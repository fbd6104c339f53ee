/**
 * The host's own programs for users and groups: useradd, usermod and their like. They know what else
 * belongs to an account (shadow, subuid, mail), and take the lock.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure } from "../../base/result.ts";
import { Turns } from "../../base/turns.ts";
import type { Exit } from "../../host/processes.ts";
import type { Context } from "../../kind/kind.ts";
import { waitForLock } from "./lock.ts";

/** Program and arguments, and what only it may see. */
export interface Call {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 120_000;
/** What cron gives to its programs leaves out where these are. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SHOWN_LINES = 3;

/** The programs would wait for each other's lock; here each has its turn, in order. */
const turns = new Turns();

/** Runs `work` when nobody else of this program changes users or groups. */
export async function inTurn(
  what: string,
  context: Context,
  work: () => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  if (context.host.users.own !== 0) {
    return failure(`cannot ${what}: only root can`, { code: "EACCES", hint: "run as root" });
  }
  return await turns.take("accounts", work);
}

/** Runs a program once the lock is free, again if another was faster, within the limit. */
export async function runTool(call: Call, context: Context): Promise<Failure | undefined> {
  const { clock } = context.host;
  const endMs = clock.nowMs() + LIMITS.accountLockMs;
  for (;;) {
    const locked = await waitForLock(context);
    if (locked !== undefined) return locked;
    const problem = await runOnce(call, context);
    if (problem?.code !== "locked" || clock.nowMs() >= endMs) return problem;
  }
}

/** It is not stopped in the middle: that would leave an account half made. */
async function runOnce({ argv, env }: Call, context: Context): Promise<Failure | undefined> {
  const [program] = argv;
  const ran = await context.host.processes.run({
    argv,
    env: { PATH, LC_ALL: "C", ...env },
    timeoutMs: TIMEOUT_MS,
    whole: true,
  });
  if (!ran.ok) {
    if (ran.failure.code !== "not-found") return ran.failure;
    return failure(`there is no program ${program} on this host`, {
      code: "not-found",
      hint: "it is in the package passwd (Debian), shadow-utils (Fedora) or shadow (others); " +
        "busybox's adduser cannot take its place",
    });
  }
  if (ran.value.code === 0) return undefined;
  const text = ran.value.tail.filter((line) => line.trim() !== "").slice(-SHOWN_LINES).join(" / ");
  if (/cannot lock|try again later/.test(text)) return failure(text, { code: "locked" });
  return failure(`${program} ${endOf(ran.value)}${text === "" ? "" : `: ${text}`}`, {
    code: "exit",
  });
}

function endOf({ ended, code, signal }: Exit): string {
  if (ended === "timeout") return `did not end within ${TIMEOUT_MS / 1000} s`;
  return code === undefined ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
}
