/**
 * Why a program could not be started.
 *
 * @module
 */

import { fail, reasonOf, type Result } from "../../base/result.ts";
import { printable } from "../../base/printable.ts";
import type { ProcessCommand } from "./processes.ts";

/** The failure for what the runtime said when it could not start this command. */
export function spawnFailure(thrown: unknown, command: ProcessCommand): Result<never> {
  const { cwd, sensitive = false } = command;
  const program = programOf(command);
  const code = codeOf(thrown);
  // The kernel says the same of a directory that is missing as of a program that is.
  const directory = cwd === undefined ? undefined : directoryFailure(cwd);
  if (directory !== undefined) return directory;
  switch (code) {
    case "ENOENT":
      return missing(command);
    case "EACCES":
    case "EPERM":
      return mayNotBeRun(command);
    case "ETXTBSY":
      return fail(`${program} is open for writing, so that it cannot be run`, { code: "spawn" });
    case "ENOEXEC":
      return fail(`${program} is no program for this machine`, {
        code: "not-allowed",
        hint: "a script needs a first line such as #!/bin/sh",
      });
    case "E2BIG":
      return fail(`${program} was given too many or too long arguments`, {
        code: "spawn",
        hint: "one argument may have 128 KiB; put long text into a file",
      });
    case "EMFILE":
    case "ENFILE":
      return fail(`${program} could not be started: too many open files`, {
        code: "spawn",
        hint: "raise the limit (ulimit -n)",
      });
    case "EAGAIN":
    case "ENOMEM":
      return fail(`${program} could not be started: too many processes or too little memory`, {
        code: "spawn",
        hint: "look at ulimit -u, the cgroup's pids.max, and free memory",
      });
    default:
      return fail(
        `${program} could not be started${sensitive ? "" : `: ${printable(reasonOf(thrown))}`}`,
        { code: "spawn" },
      );
  }
}

/** What a command is called in a failure. */
function programOf({ argv, sensitive }: ProcessCommand): string {
  return sensitive ? "(not shown: sensitive)" : JSON.stringify(printable(argv[0]));
}

/** That a program is there and yet none that may be run. */
export function mayNotBeRun(command: ProcessCommand): Result<never> {
  return fail(`${programOf(command)} may not be run`, {
    code: "not-allowed",
    hint: "is it a program, executable, and on a file system that allows programs (noexec)?",
  });
}

/** That there is no such program, or nothing to run it with. */
export function missing(command: ProcessCommand): Result<never> {
  const [path] = command.argv;
  const program = programOf(command);
  if (!path.includes("/")) {
    return fail(`there is no program ${program} on the PATH`, {
      code: "not-found",
      hint: "install it, or give its full path",
    });
  }
  if (exists(path)) {
    return fail(`${program} is there, but what should run it is not`, {
      code: "not-found",
      hint: "look at its first line (#!), or which libraries it needs (ldd)",
    });
  }
  return fail(`there is no program ${program}`, { code: "not-found" });
}

/** That a command cannot run where it should; undefined: there it can. */
export function directoryFailure(cwd: string): Result<never> | undefined {
  const shown = JSON.stringify(printable(cwd));
  try {
    if (Deno.statSync(cwd).isDirectory) return undefined;
    return fail(`${shown}, where the command should run, is not a directory`, {
      code: "no-directory",
    });
  } catch {
    return fail(`${shown}, where the command should run, is not there`, {
      code: "no-directory",
      hint: "make the directory first, with an edge from it",
    });
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The kernel's words for what may befall a start, by their numbers on Linux. */
const WORDS: { readonly [number: string]: string } = {
  1: "EPERM",
  2: "ENOENT",
  7: "E2BIG",
  8: "ENOEXEC",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  23: "ENFILE",
  24: "EMFILE",
  26: "ETXTBSY",
};

/** The kernel's word for it; of some the runtime tells only the number, within the message. */
export function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const number = /\(os error (\d+)\)/.exec(thrown.message)?.[1];
  if (number !== undefined && WORDS[number] !== undefined) return WORDS[number];
  return "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}
