/**
 * Running the package tools of a host: questions, whose answer is their output, and transactions,
 * which must never be torn.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { environment } from "../os/environment.ts";
import type { Clock } from "../os/clock.ts";
import type { Files } from "../os/files/files.ts";
import type { Processes } from "../os/process/processes.ts";
import type { Watcher } from "../os/watch/watcher.ts";
import type { Exit, ProcessCommand } from "../os/process/processes.ts";

/** What the native providers use of a host. */
export interface PackageHost {
  readonly clock: Clock;
  readonly files: Files;
  readonly watcher: Watcher;
  readonly processes: Processes;
}

/** What a question printed. */
export interface ToolAnswer {
  readonly code: number;
  readonly lines: readonly string[];
  /** What it printed on the standard error. */
  readonly complaints: readonly string[];
}

/** Asks a tool something that may be stopped at any time; an exit code is for the caller to judge. */
export async function ask(
  host: PackageHost,
  argv: ProcessCommand["argv"],
  signal?: AbortSignal,
  timeoutMs: number = LIMITS.packageQuestionMs,
): Promise<Result<ToolAnswer>> {
  const lines: string[] = [];
  const complaints: string[] = [];
  const ran = await host.processes.run({
    argv,
    env: { LC_ALL: "C.UTF-8", LANGUAGE: "" },
    timeoutMs,
    lineLimit: LIMITS.packageLines,
    line: (line, stream) => (stream === "stdout" ? lines : complaints).push(line),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!ran.ok) return ran;
  const { code, ended, lines: printed } = ran.value;
  if (ended === "stopped") return fail(`${argv[0]} was stopped`, { code: "stopped" });
  if (ended === "timeout" || code === undefined) {
    const why = ended === undefined
      ? `was ended by ${ran.value.signal}`
      : `did not end within ${timeoutMs / 1000} s`;
    return fail(`${argv[0]} ${why}`, { code: ended ?? "signal" });
  }
  if (printed > LIMITS.packageLines) {
    return fail(`${argv[0]} printed more than ${LIMITS.packageLines} lines`, { code: "too-much" });
  }
  return ok({ code, lines, complaints });
}

/** A transaction to run. */
export interface PackageTransaction {
  readonly argv: ProcessCommand["argv"];
  readonly env?: Readonly<Record<string, string>>;
  /** Interrupts it as ^C would, where that is safe. */
  readonly signal: AbortSignal;
  /** Standard output and error, as they come. */
  readonly line: (line: string) => void;
}

/**
 * Runs a transaction to its end. It survives the agent: in a scope of its own, so that a stop of the
 * agent's unit does not reach it, and with somebody to take its output when the agent is gone.
 */
export async function transact(
  host: PackageHost,
  { argv, env, signal, line }: PackageTransaction,
): Promise<Result<Exit>> {
  const booted = await host.files.look("/run/systemd/system", { signal });
  const scoped = booted.ok && booted.value.type === "directory";
  const scope = ["systemd-run", "--scope", "--quiet", "--collect", "--"];
  const run = (command: readonly string[]) =>
    host.processes.run({
      argv: ["bash", "-c", RELAY, "bash", ...command],
      env: { ...messagesInEnglish(), ...env },
      whole: true,
      signal,
      lineLimit: LIMITS.packageLines,
      line,
    });
  const ran = await run(scoped ? [...scope, ...argv] : argv);
  const unscoped = scoped && ran.ok && ran.value.code !== 0 && ran.value.lines <= 2 &&
    ran.value.tail.some((text) => NO_SCOPE.test(text));
  return unscoped ? await run(argv) : ran;
}

/**
 * `tee -p` goes on reading when nobody reads from it any more: a script that prints would otherwise be
 * ended by a broken pipe once the agent is gone.
 */
const RELAY = 'exec "$@" > >(exec tee -p /dev/null) 2>&1';
/** A service manager that does not answer must not keep packages from being installed. */
const NO_SCOPE =
  /^Failed to (connect to|create) bus|^Failed to start transient scope|exec: systemd-run: not found/;

/** Only messages: what a package sets up may take its language from the rest of the locale. */
function messagesInEnglish(): Record<string, string> {
  const all = environment("LC_ALL") ?? "";
  return {
    LC_ALL: "",
    LANGUAGE: "",
    LC_MESSAGES: "C.UTF-8",
    ...(all === "" ? {} : { LANG: all }),
  };
}
