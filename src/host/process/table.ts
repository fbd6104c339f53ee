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
}

/** Reads the format of /proc/PID/stat. */
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

/** Whether this very process still runs. */
export function isAlive({ pid, started }: ProcessEntry): boolean {
  const now = readProcess(pid);
  return now !== undefined && now.started === started && !now.over;
}

/** All processes; undefined where there is no /proc. */
function readTable(): readonly ProcessEntry[] | undefined {
  const entries: ProcessEntry[] = [];
  try {
    for (const { name } of Deno.readDirSync("/proc")) {
      const first = name.charCodeAt(0);
      if (first < 0x30 || first > 0x39) continue;
      const entry = readProcess(Number(name));
      if (entry !== undefined) entries.push(entry);
    }
  } catch {
    return undefined;
  }
  return entries.length === 0 ? undefined : entries;
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

/** Whether the process was started with this in its environment; false where we may not look. */
export function hasInEnvironment(pid: number, assignment: string): boolean {
  try {
    return `\0${Deno.readTextFileSync(`/proc/${pid}/environ`)}`.includes(`\0${assignment}\0`);
  } catch {
    return false;
  }
}
