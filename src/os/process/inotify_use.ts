/**
 * How many of the kernel's watches processes have, by what /proc says of their descriptors.
 *
 * @module
 */

import * as fs from "node:fs";
import { listProcesses } from "./table.ts";

/** What one user's processes have open. */
export interface InotifyUse {
  readonly watches: number;
  readonly instances: number;
  /** Of one process. */
  readonly ofProcess: { readonly watches: number; readonly instances: number };
}

/** Processes and descriptors that are looked at. */
const PROCESSES_MOST = 20_000;
const DESCRIPTORS_MOST = 4096;
const LIST_BYTES = 64 * 1024 * 1024;

/** Counts those of a user; `pid` is counted apart, too. Undefined: not all of them can be seen. */
export function inotifyUse(uid: number, pid: number | undefined): InotifyUse | undefined {
  const all = { watches: 0, instances: 0 };
  const ofProcess = { watches: 0, instances: 0 };
  let seen = 0;
  for (const name of listProcesses().slice(0, PROCESSES_MOST)) {
    const directory = `/proc/${name}`;
    try {
      if (fs.statSync(directory).uid !== uid) continue;
      for (const descriptor of fs.readdirSync(`${directory}/fd`).slice(0, DESCRIPTORS_MOST)) {
        const watches = watchesOf(directory, descriptor);
        if (watches === undefined) continue;
        for (const count of Number(name) === pid ? [all, ofProcess] : [all]) {
          count.instances++;
          count.watches += watches;
        }
      }
      seen++;
    } catch {
      // It ended, or is another's.
    }
  }
  return seen === 0 ? undefined : { ...all, ofProcess };
}

/** Undefined: that descriptor is no inotify. */
function watchesOf(directory: string, descriptor: string): number | undefined {
  try {
    if (fs.readlinkSync(`${directory}/fd/${descriptor}`) !== "anon_inode:inotify") return undefined;
    const text = fs.readFileSync(`${directory}/fdinfo/${descriptor}`, "utf8").slice(0, LIST_BYTES);
    return text.split("\ninotify ").length - 1;
  } catch {
    return undefined;
  }
}
