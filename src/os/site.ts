/**
 * Where this program runs, so that another agent can tell whether it still does: on which machine
 * since its last boot, as which process, and with which directory.
 *
 * @module
 */

import * as fs from "node:fs";
import { readProcess } from "./process/table.ts";

/** One process of one boot of one machine, and the directory that it works in. */
export interface Site {
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** Clock ticks since the boot. */
  readonly startTime: number;
  /** Device and inode of the directory: no copy has the same. */
  readonly prefix: string;
  readonly path: string;
}

/** This process with that directory; undefined: the kernel does not say. */
export function ownSite(path: string): Site | undefined {
  try {
    const own = readProcess(Deno.pid);
    if (own === undefined) return undefined;
    const { dev, ino } = fs.statSync(path, { bigint: true });
    return {
      bootId: fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      pidNamespace: fs.readlinkSync("/proc/self/ns/pid"),
      pid: own.pid,
      startTime: own.started,
      prefix: `${dev}:${ino}`,
      path,
    };
  } catch {
    return undefined;
  }
}

/** Whether that process runs, which must be one of this machine and this process's namespace. */
export function runsHere({ pid, startTime }: Pick<Site, "pid" | "startTime">): boolean {
  const found = readProcess(pid);
  return found !== undefined && found.started === startTime && !found.over;
}
