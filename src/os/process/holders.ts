/**
 * Who uses a directory tree, as far as /proc tells. Only links of /proc are read, so that a file
 * system which does not answer any more stops nothing.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { listProcesses } from "./table.ts";

/** A process that uses something there. */
export interface FileHolder {
  readonly pid: number;
  readonly name: string;
}

/** Processes that are named at most, and open files of one process that are looked at. */
const NAMED = 20;
const FILES = 10_000;

/** Processes with their directory, program, root or an open file at a path or below it. */
export async function holdersOf(path: string, clock: Clock): Promise<readonly FileHolder[]> {
  const holders: FileHolder[] = [];
  for (const pid of listProcesses()) {
    if (holders.length >= NAMED) break;
    if (uses(pid, path)) holders.push({ pid: Number(pid), name: nameOf(pid) });
    await clock.yieldTurn();
  }
  return holders;
}

/** A process of a user, by any of the user's numbers that it has; those of other roots do not count. */
export async function processOf(uid: number, clock: Clock): Promise<FileHolder | undefined> {
  const root = rootOf("self");
  for (const pid of listProcesses()) {
    if (hasUser(pid, uid) && (root === undefined || rootOf(pid) === root)) {
      return { pid: Number(pid), name: nameOf(pid) };
    }
    await clock.yieldTurn();
  }
  return undefined;
}

function hasUser(pid: string, uid: number): boolean {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const numbers = /^Uid:\s*(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    return numbers.includes(String(uid));
  } catch {
    // It has ended.
    return false;
  }
}

/** The directory that a process takes for `/`. */
function rootOf(pid: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(`/proc/${pid}/root/.`);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

function uses(pid: string, path: string): boolean {
  const isThere = (link: string) => {
    const target = readLink(`/proc/${pid}/${link}`);
    return target === path || target?.startsWith(`${path}/`) === true;
  };
  return ["cwd", "root", "exe"].some(isThere) || openFiles(pid).some(isThere);
}

function openFiles(pid: string): string[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)].slice(0, FILES).map(({ name }) => `fd/${name}`);
  } catch {
    // It has ended, or belongs to somebody else.
    return [];
  }
}

function readLink(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}

function nameOf(pid: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/comm`).trim();
  } catch {
    return "?";
  }
}
