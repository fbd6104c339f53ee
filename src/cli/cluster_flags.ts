import type { PlaceFlags } from "../app/agent_prefix.ts";
import type { CommandRequest, OrderOptions } from "../app/cluster/give_order.ts";
import { printable } from "../base/printable.ts";
import { type Failure, ok, type Result } from "../base/result.ts";
import { type Flag, takesSeconds } from "../app/flags.ts";
import { HOSTNAME_FLAG, PREFIX_FLAG, SEEDS_FLAG } from "../app/run_flags.ts";
import { OPERATOR_FLAG } from "../app/trust_flags.ts";
import type { CommandIO, CommandLine } from "./command.ts";
import { refuse } from "./refuse.ts";

/** The exit code for what goes on, but is not so yet. */
export const NOT_YET = 5;

/** The exit codes of who was ended by a signal. */
export const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** The exit code of an order that may stand though the command has ended; `otherwise`: of all others. */
export function orderExit(found: Result<string>, otherwise: number): number {
  const { code = "" } = found.ok ? {} : found.failure;
  return code === "late" ? NOT_YET : SIGNALS[code] ?? otherwise;
}

/** Flags that name the state of an agent. */
export const STATE_FLAGS: readonly Flag[] = [PREFIX_FLAG, HOSTNAME_FLAG];

/** Flags that say which cluster is asked as a host of it. */
export const HOST_PLACE_FLAGS: readonly Flag[] = [SEEDS_FLAG, ...STATE_FLAGS];

/** Flags that say which cluster is asked, by a host of it or an operator. */
export const CLUSTER_PLACE_FLAGS: readonly Flag[] = [SEEDS_FLAG, OPERATOR_FLAG, ...STATE_FLAGS];

/** Which cluster is asked, by a command that an operator gives, too. */
export function clusterAsked(
  { flags }: Pick<CommandLine, "flags">,
  { environment }: Pick<CommandIO, "environment">,
): PlaceFlags {
  return { flags, environment, takesOperator: true };
}

/** Prints what a command found out, or why it could not. */
export async function answer(
  command: string,
  found: Result<string>,
  surface: CommandIO,
): Promise<number> {
  if (!found.ok) return await refuse(command, await advised(found.failure), surface);
  await surface.print(found.value);
  return 0;
}

/** A failure that says not what to do, with where more is said of its code. */
async function advised(failure: Failure): Promise<Failure> {
  const { code, hint } = failure;
  if (code === undefined || hint !== undefined) return failure;
  const { explained } = await import("../app/explain/explain.ts");
  return explained(code).ok ? { ...failure, hint: `mgmt explain ${code} says more` } : failure;
}

/** How long a command waits for the agent. */
export const WAIT_FLAG = {
  name: "wait",
  ...takesSeconds({ least: 0, most: 86_400 }),
  summary: "how long to wait until it is so",
  defaultValue: 60,
} as const satisfies Flag;

/** Tells the running agent, and says what it says; the result is the exit code. */
export async function sendCommand(
  command: string,
  wish: CommandRequest,
  { flags, values }: CommandLine,
  surface: CommandIO,
  leaving?: OrderOptions["leaving"],
): Promise<number> {
  const app = await import("../app/cluster/on_cluster.ts");
  const given = await app.sendCommand({ flags, environment: surface.environment }, wish, {
    waitMs: values.of(WAIT_FLAG) * 1000,
    ...(leaving === undefined ? {} : { leaving }),
    say: (text) => void surface.complain(`${printable(text)}\n`),
  });
  const found = given.ok ? ok(`${printable(given.value)}\n`) : given;
  const code = await answer(command, found, surface);
  return orderExit(given, code);
}
