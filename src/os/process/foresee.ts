/**
 * Whether a command could be started, without starting it.
 *
 * @module
 */

import type { Failure, Result } from "../../base/result.ts";
import type { ProcessCommand } from "./processes.ts";
import { directoryFailure, mayNotBeRun, missing } from "./spawn_failure.ts";

const ANY_EXECUTE_BIT = 0o111;

/** Why a command whose `env` is all of its environment cannot be started; undefined: it can, or tries. */
export async function foreseen(command: ProcessCommand): Promise<Failure | undefined> {
  const { argv, cwd, env, sensitive } = command;
  const nowhere = cwd === undefined ? undefined : await placeFailure(cwd);
  if (nowhere !== undefined && cwd !== undefined) return { ...nowhere.failure, needs: [cwd] };
  const places = placesOf(argv[0], cwd ?? "/", env?.PATH ?? "");
  const failed = await programFailure(command, places);
  return failed && (sensitive ? failed.failure : { ...failed.failure, needs: places });
}

/** Where a program may be. */
function placesOf(program: string, cwd: string, searchPath: string): readonly string[] {
  if (program.startsWith("/")) return [program];
  if (program.includes("/")) return [`${cwd}/${program}`];
  return searchPath.split(":").filter((directory) => directory !== "")
    .map((directory) => `${directory}/${program}`);
}

type Failed = Extract<Result<never>, { ok: false }>;

async function placeFailure(cwd: string): Promise<Failed | undefined> {
  if (await standingOf(cwd) === "directory") return undefined;
  const failed = directoryFailure(cwd);
  return failed?.ok === false ? failed : undefined;
}

async function programFailure(
  command: ProcessCommand,
  candidates: readonly string[],
): Promise<Failed | undefined> {
  let found = false;
  for (const path of candidates) {
    const standing = await standingOf(path);
    // What cannot be looked at may still be run by another user.
    if (standing === "program" || standing === "unknown") return undefined;
    found ||= standing !== "absent";
  }
  const failed = found ? mayNotBeRun(command) : missing(command);
  return failed.ok ? undefined : failed;
}

/** Asked on another thread, because a mount may hang. */
async function standingOf(
  path: string,
): Promise<"program" | "directory" | "other" | "absent" | "unknown"> {
  try {
    const { isFile, isDirectory, mode } = await Deno.stat(path);
    if (isDirectory) return "directory";
    return isFile && ((mode ?? 0) & ANY_EXECUTE_BIT) !== 0 ? "program" : "other";
  } catch (thrown) {
    const gone = thrown instanceof Deno.errors.NotFound ||
      thrown instanceof Deno.errors.NotADirectory;
    return gone ? "absent" : "unknown";
  }
}
