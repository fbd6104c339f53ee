/**
 * Running a command in a transient scope of systemd, with limits on what it and all it starts may use.
 *
 * `systemd-run` makes the scope over the bus and then becomes the command, so that no moment of it is
 * outside of the scope.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import type { Command } from "../processes.ts";

/** Where systemd says that it runs this host. */
const RUNS_THE_HOST = "/run/systemd/system";

/** The command as it has to be started to run in its scope. */
export function inScope(command: Command): Result<Command> {
  const { scope, ...rest } = command;
  if (scope === undefined) return ok(command);
  if (!exists(RUNS_THE_HOST)) {
    return fail("limits need systemd, which does not run this host", {
      code: "no-systemd",
      hint: "leave limits out here, or run the command under timeout, nice and ulimit",
    });
  }
  const options = [
    ...(Deno.uid() === 0 ? [] : ["--user"]),
    "--scope",
    "--quiet",
    "--collect",
    `--unit=${scope.name}`,
    ...scope.properties.map((property) => `--property=${property}`),
    "--",
  ];
  return ok({ ...rest, argv: ["systemd-run", ...options, ...rest.argv] });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
