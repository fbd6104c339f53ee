/**
 * What a command may use of the host.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { Exit, ProcessCommand } from "../../os/process/processes.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { ExecParams } from "./params.ts";

/** Time between SIGTERM and SIGKILL when the scope is ended as a whole. */
const STOP_SECONDS = 2;

/** So much later than an agent the manager ends a command. */
const GRACE_SECONDS = 5;

/** The scope for one run of a command. */
export function scopeOf(
  { limits }: ExecParams,
  { host }: Pick<KindContext, "host">,
): Pick<ProcessCommand, "scope"> {
  if (limits === undefined) return {};
  const { memory, cpu, tasks, time } = limits;
  const properties = [`TimeoutStopSec=${STOP_SECONDS}`];
  if (memory !== undefined) properties.push(`MemoryMax=${memory}`, "MemorySwapMax=0");
  if (cpu !== undefined) properties.push(`CPUQuota=${cpu}`);
  if (tasks !== undefined) properties.push(`TasksMax=${tasks}`);
  // The manager ends it where the agent is gone; an agent that is there does it first, and says why.
  if (time !== undefined) properties.push(`RuntimeMaxSec=${time + GRACE_SECONDS}`);
  return { scope: { name: `mgmt-exec-${host.random.hex(16)}.scope`, properties } };
}

/** Seconds that the command may run: what is less of its timeout and its limit; 0: for ever. */
export function runSeconds({ timeoutSeconds, limits }: ExecParams): number {
  if (limits?.time === undefined) return timeoutSeconds;
  return timeoutSeconds === 0 ? limits.time : Math.min(timeoutSeconds, limits.time);
}

/** Ends whatever is left of a command that failed, wherever it hid. */
export async function endScope(
  { scope }: Pick<ProcessCommand, "scope">,
  { host }: Pick<KindContext, "host">,
): Promise<Failure | undefined> {
  if (scope === undefined) return undefined;
  const manager = host.users.isRoot() ? host.services.system : host.services.session;
  const unit = await manager.look(scope.name);
  if (!unit.ok || unit.value.load === "not-found") return undefined;
  return await manager.run("stop", scope.name);
}

/** What a limit may have had to do with a failure. */
export function limitHint({ limits }: ExecParams, { signal, code }: Exit): string | undefined {
  const killed = signal === "SIGKILL" || code === 137;
  if (limits?.memory !== undefined && killed) {
    return `it may have reached its limit for memory (${limits.memory})`;
  }
  return undefined;
}
