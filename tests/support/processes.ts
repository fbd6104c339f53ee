/** What tests of child processes share. */

import { createLocalClock } from "../../src/os/local_clock.ts";
import { createLocalProcesses, type LocalProcesses } from "../../src/os/process/local_processes.ts";
import { createLocalRandom } from "../../src/os/local_random.ts";
import type { Exit, ProcessCommand } from "../../src/os/process/processes.ts";
import { assert } from "@std/assert";
import { isSoon } from "./polling.ts";

/** A door to processes that a test can close. */
export function freshProcesses(): LocalProcesses {
  return createLocalProcesses({ clock: createLocalClock(), random: createLocalRandom() });
}

/** The door that tests share. */
export const processes = freshProcesses();

export interface Ran extends Exit {
  /** Lines of both streams; those of stderr begin with `! `. */
  readonly shown: readonly string[];
}

/** Runs a command that can be started. */
export async function run(command: ProcessCommand): Promise<Ran> {
  const shown: string[] = [];
  const result = await processes.run({
    ...command,
    line: (line, stream) => {
      shown.push(stream === "stderr" ? `! ${line}` : line);
      command.line?.(line, stream);
    },
  });
  assert(result.ok, result.ok ? "" : result.failure.message);
  return { ...result.value, shown };
}

/** Runs a script with /bin/sh. */
export function sh(script: string, more: Partial<ProcessCommand> = {}): Promise<Ran> {
  return run({ argv: ["/bin/sh", "-c", script], ...more });
}

/** Whether a process with this number runs; one that only waits to be asked does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

/** Waits until something holds; false when it did not within the time. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  withinMs?: number,
): Promise<boolean> {
  return await isSoon(holds, withinMs);
}

/** The text of a file once it is there and ends with a line end. */
export async function written(path: string): Promise<string> {
  let text = "";
  await eventually(() => {
    try {
      text = Deno.readTextFileSync(path);
    } catch {
      return false;
    }
    return text.endsWith("\n");
  });
  assert(text.endsWith("\n"), `${path} was not written`);
  return text;
}

/**
 * Stops a process, and waits until each of its threads stands still: on a busy machine it answers for
 * a while after it got the signal.
 */
export async function standStill(pid: number): Promise<void> {
  Deno.kill(pid, "SIGSTOP");
  const stands = (thread: string) => {
    try {
      const stat = Deno.readTextFileSync(`/proc/${pid}/task/${thread}/stat`);
      return stat[stat.lastIndexOf(")") + 2] === "T";
    } catch {
      return true; // it has ended
    }
  };
  const threads = () => [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name);
  assert(await eventually(() => threads().every(stands), 60_000), `${pid} cannot be stopped`);
}
