/**
 * The processes of this machine, as /proc lists them.
 *
 * @module
 */

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since the machine started: tells a process from a later one with its number. */
  readonly started: number;
  /** It has ended, and only its parent has not asked how. */
  readonly over: boolean;
  /** It runs, is about to, or waits for a disk: it has something left to do. */
  readonly atWork: boolean;
}

/** The number of this process. */
export function ownPid(): number {
  return Deno.pid;
}

/** Reads the format of /proc/PID/stat; undefined: it is none. */
export function parseStat(text: string): ProcessEntry | undefined {
  // The name is in parentheses and may hold anything, parentheses too.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const pid = Number.parseInt(text, 10);
  const started = Number(fields[19]);
  if (!Number.isSafeInteger(pid) || !Number.isFinite(started)) return undefined;
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    started,
    over: fields[0] === "Z" || fields[0] === "X",
    atWork: fields[0] === "R" || fields[0] === "D",
  };
}

/** One process, or undefined: it is gone, or /proc is not there. */
export function readProcess(pid: number): ProcessEntry | undefined {
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return undefined;
  }
}

/** The kernel's unit of processor time, which is the same on all Linux that Deno runs on. */
const TICK_MS = 10;

/** Processor time that a process has used with all its threads, in milliseconds; undefined: it is gone. */
export function processorMs(pid: number): number | undefined {
  const text = statText(pid);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks * TICK_MS : undefined;
}

/** Where commands that only look have given up to read it, but may start programs, another one reads it. */
function statText(pid: number): string | undefined {
  const path = `/proc/${pid}/stat`;
  try {
    return Deno.readTextFileSync(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotCapable)) return undefined;
  }
  try {
    const { success, stdout } = new Deno.Command("/bin/cat", {
      args: [path],
      stdin: "null",
      stderr: "null",
      detached: true,
    }).outputSync();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether this very process still runs. */
export function isAlive({ pid, started }: ProcessEntry): boolean {
  const now = readProcess(pid);
  return now !== undefined && now.started === started && !now.over;
}

/** A listing that misses none is not to be had from a machine that starts more and more. */
const LISTINGS = 5;

/** All processes; undefined where there is no /proc. */
function readTable(): readonly ProcessEntry[] | undefined {
  const entries = new Map<string, ProcessEntry | undefined>();
  // One that was listed may have started another and ended before it was read: list again.
  for (let listing = 0; listing < LISTINGS; listing++) {
    const before = entries.size;
    for (const name of listProcesses()) {
      if (!entries.has(name)) entries.set(name, readProcess(Number(name)));
    }
    if (entries.size === before) break;
  }
  const known = [...entries.values()].filter((entry) => entry !== undefined);
  return known.length === 0 ? undefined : known;
}

/** The names of all directories of processes in /proc. */
export function listProcesses(): string[] {
  try {
    return [...Deno.readDirSync("/proc")].map(({ name }) => name)
      .filter((name) => name >= "0" && name < ":");
  } catch {
    return [];
  }
}

let reading: Promise<readonly ProcessEntry[] | undefined> | undefined;

/** All processes; many who ask in one turn of the loop, as at a stop, share one reading. */
export function processTable(): Promise<readonly ProcessEntry[] | undefined> {
  reading ??= Promise.resolve().then(() => {
    reading = undefined;
    return readTable();
  });
  return reading;
}

/**
 * Whether the process was started with this in its environment. Undefined: it has none, or none yet,
 * because it is just being started. False where we may not look.
 */
export function hasInEnvironment(pid: number, assignment: string): boolean | undefined {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/environ`);
    return text === "" ? undefined : `\0${text}`.includes(`\0${assignment}\0`);
  } catch {
    return false;
  }
}
