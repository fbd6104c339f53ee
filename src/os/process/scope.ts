/**
 * Running a command in a transient scope of systemd, with limits on what it and all it starts may use.
 *
 * `systemd-run` makes the scope over the bus and then becomes the command, so that no moment of it is
 * outside of the scope.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import type { ProcessCommand } from "./processes.ts";

/** Where systemd says that it runs this host. */
const RUNS_THE_HOST = "/run/systemd/system";

/** The command as it has to be started to run in its scope. */
export function inScope(command: ProcessCommand): Result<ProcessCommand> {
  const { scope, env = {}, ...rest } = command;
  if (scope === undefined) return ok(command);
  if (!exists(RUNS_THE_HOST)) {
    return fail("limits need systemd, which does not run this host", {
      code: "no-systemd",
      hint: "leave limits out here, or run the command under timeout, nice and ulimit",
    });
  }
  const missing = missingController(scope.properties);
  if (missing !== undefined) {
    return fail(`this host cannot limit ${missing}: systemd has no such controller here`, {
      code: "no-controller",
      hint:
        "its cgroups are mounted without it; leave that limit out, or boot with unified cgroups",
    });
  }
  const options = [
    ...(Deno.uid() === 0 ? [] : ["--user"]),
    "--scope",
    "--quiet",
    "--collect",
    `--unit=${scope.name}`,
    // Otherwise the whole command stands there, for all users of the host.
    ...(command.sensitive ? ["--description=a command of mgmt"] : []),
    ...scope.properties.map((property) => `--property=${property}`),
    "--",
  ];
  const { lent, takeBack } = Deno.uid() === 0 ? NOTHING_LENT : lendBus(env);
  const argv = ["systemd-run", ...options, ...takeBack, ...rest.argv] as const;
  return ok({ ...rest, argv, env: { ...env, ...lent } });
}

const NOTHING_LENT = { lent: {}, takeBack: [] };
/** How the manager of a user's session is found. */
const BUS_VARIABLES = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];

/** What only `systemd-run` needs of the agent's environment is taken from the command again. */
function lendBus(env: ProcessCommand["env"] = {}) {
  const agents = Deno.env.toObject();
  const lent = BUS_VARIABLES.flatMap((name) => {
    const value = name in env ? undefined : agents[name];
    return value === undefined ? [] : [[name, value]];
  });
  const takeBack = lent.flatMap(([name]) => ["-u", `${name}`]);
  return {
    lent: Object.fromEntries(lent),
    takeBack: lent.length === 0 ? [] : ["/usr/bin/env", ...takeBack],
  };
}

/** Properties by the controller that they need, and where that is under the old layout. */
const CONTROLLERS = { memory: /^Memory/, cpu: /^CPU/, pids: /^Tasks/ };

/** Where systemd cannot use a controller it takes the property and does nothing. */
function missingController(properties: readonly string[]): string | undefined {
  const unified = readOr("/sys/fs/cgroup/cgroup.controllers")?.split(/\s/);
  for (const [name, property] of Object.entries(CONTROLLERS)) {
    if (!properties.some((each) => property.test(each))) continue;
    const usable = unified?.includes(name) ?? isWritable(`/sys/fs/cgroup/${name}/cgroup.procs`);
    if (!usable) return name === "pids" ? "tasks" : name;
  }
  return undefined;
}

function readOr(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function isWritable(path: string): boolean {
  try {
    Deno.openSync(path, { write: true }).close();
    return true;
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
