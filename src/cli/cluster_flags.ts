import type { Destination } from "../cluster/admin/move.ts";
import type { CommandRequest } from "../app/cluster/give_order.ts";
import { printable } from "../base/printable.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { CommandIO, CommandLine, Flag } from "./command.ts";
import { refuse } from "./refuse.ts";

/** The exit code for what goes on, but is not so yet. */
export const NOT_YET = 5;

/** Flags that name the state of an agent. */
export const STATE_FLAGS: readonly Flag[] = [
  {
    name: "prefix",
    value: "DIRECTORY",
    summary: "where the agent of this host keeps its state",
    defaultText: "/var/lib/mgmt for root, else $XDG_STATE_HOME/mgmt",
  },
  {
    name: "hostname",
    value: "NAME",
    summary: "the name that agent was started with; its state is in hosts/NAME below the default",
  },
];

/** Flags that say which cluster is asked. */
export const CLUSTER_PLACE_FLAGS: readonly Flag[] = [
  {
    name: "seeds",
    short: "s",
    value: "URLS",
    summary: "client addresses of any hosts that run etcd for the cluster",
    defaultText: "those in the prefix, else 127.0.0.1:2379",
    environment: "MGMT_SEEDS",
  },
  ...STATE_FLAGS,
];

/** The flag of commands that also speak to programs. */
export const OUTPUT_FLAG: Flag = {
  name: "output",
  value: "FORMAT",
  summary: "lines for people (human), or one object (json)",
  defaultText: "human",
};

/** Prints what a command found out, or why it could not. */
export async function answer(
  command: string,
  found: Result<string>,
  surface: CommandIO,
): Promise<number> {
  if (!found.ok) return await refuse(command, found.failure, surface);
  await surface.print(found.value);
  return 0;
}

/** What is wrong with the value of `--output`. */
export function outputProblem({ flags }: CommandLine): Result<never> | undefined {
  const output = flags.get("output") ?? "human";
  if (output === "human" || output === "json") return undefined;
  return fail(`--output takes human or json, not "${output}"`);
}

/** How long a command waits for the agent. */
export const WAIT_FLAG: Flag = {
  name: "wait",
  value: "SECONDS",
  summary: "how long to wait until it is so",
  defaultText: "60",
};
const WAIT_SECONDS = 60;
const WAIT_MAX_SECONDS = 86_400;

/** What that flag says. */
export function waitSeconds({ flags }: CommandLine): Result<number> {
  const text = flags.get("wait");
  if (text === undefined) return ok(WAIT_SECONDS);
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (seconds <= WAIT_MAX_SECONDS) return ok(seconds);
  return fail(`--wait takes a whole number of seconds up to ${WAIT_MAX_SECONDS}, not "${text}"`);
}

/** Tells the running agent, and says what it says; the result is the exit code. */
export async function sendCommand(
  command: string,
  wish: CommandRequest,
  seconds: number,
  { flags }: CommandLine,
  surface: CommandIO,
  join?: Destination,
): Promise<number> {
  const app = await import("../app/cluster/on_cluster.ts");
  const given = await app.sendCommand({ flags, environment: surface.environment }, wish, {
    waitMs: seconds * 1000,
    ...(join === undefined ? {} : { join }),
    say: (text) => void surface.complain(`${printable(text)}\n`),
  });
  const found = given.ok ? ok(`${printable(given.value)}\n`) : given;
  const code = await answer(command, found, surface);
  return !given.ok && given.failure.code === "late" ? NOT_YET : code;
}
