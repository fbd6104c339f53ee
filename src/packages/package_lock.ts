/**
 * Taking one's turn among those who change the packages of a host.
 *
 * @module
 */

import { eitherOf } from "../base/either.ts";
import { LIMITS } from "../base/limits.ts";
import { notBegun } from "../base/turns.ts";
import { failure } from "../base/result.ts";
import { type PackageLockHolder, waitForHolder, waitingFor } from "./lock_wait.ts";
import type { PackageFailure } from "./packages.ts";
import type { ProgressReporter } from "./progress_reporter.ts";
import type { PackageHost } from "./tools.ts";

/** While the holder of a lock lives, it is tried again after so long, then less and less often. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** Who waits, and for how long. */
export interface Waiter {
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Aborts when nothing should begin any more. */
  readonly ending?: AbortSignal;
}

/** What came of one try: it is done or failed, must be tried again, or somebody else holds the lock. */
export type LockedAttempt =
  | { readonly holder: PackageLockHolder }
  | "again"
  | PackageFailure
  | undefined;

/** Tries until nobody else holds the lock, and says for whom it waits. Aborting ends the waiting. */
export async function withPackageLock(
  host: PackageHost,
  reporter: ProgressReporter,
  { signal, ending = signal }: Waiter,
  attempt: () => Promise<LockedAttempt>,
): Promise<PackageFailure | undefined> {
  const { clock } = host;
  const endMs = clock.nowMs() + LIMITS.packageLockMs;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    if (signal.aborted) return stopped();
    const result = await attempt();
    if (result === "again") continue;
    if (result === undefined || !("holder" in result)) return result;
    const { holder } = result;
    if (clock.nowMs() >= endMs) return stillLocked(holder);
    reporter.wait(waitingFor(holder));
    const either = eitherOf(signal, ending);
    await waitForHolder(host, holder, pauseMs, either.signal);
    either.end();
    if (ending.aborted && !signal.aborted) return notBegun();
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

/** That nobody waits for it any more. */
export function stopped(): PackageFailure {
  return failure("was stopped before it was done", { code: "stopped" });
}

/** That only root may; `because` is what the program said, or nothing. */
export function notAllowed(because: string): PackageFailure {
  return failure(`packages cannot be changed by this user${because}`, {
    code: "not-allowed",
    hint: "only root changes packages",
  });
}

function stillLocked(holder: PackageLockHolder): PackageFailure {
  return failure(`the packages are still locked: it ${waitingFor(holder)}`, {
    code: "locked",
    hint: "if that process hangs, it must be ended by hand",
  });
}
