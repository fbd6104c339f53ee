/**
 * The mounted file systems with all that the kernel says of them, for those who manage mounts.
 *
 * @module
 */

import { dirname } from "node:path";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import type { SeenChange, Watch, Watcher } from "../watch/watcher.ts";
import { readMountTable, unescapeMountField } from "./mounts.ts";
import { type FileHolder, holdersOf } from "../process/holders.ts";

/** One mounted file system. */
export interface MountedFileSystem {
  /** The directory it is mounted on. */
  readonly point: string;
  /** The directory of the file system that is seen there; `/` but for bind mounts and subvolumes. */
  readonly root: string;
  /** `major:minor`, which all mounts of a file system share. */
  readonly device: string;
  /** What it was mounted from, for instance `/dev/sda1`, `server:/export` or `tmpfs`. */
  readonly source: string;
  readonly type: string;
  /** Options of this mount, and of the file system wherever it is mounted. */
  readonly options: readonly string[];
  readonly superOptions: readonly string[];
}

/** The mounts of the agent's mount namespace. */
export interface MountList {
  /** All of them, in the order that they were made; where several are on a directory the last counts. */
  read(): Result<readonly MountedFileSystem[]>;
  /** Who uses a directory or something below it, a few of them. */
  holders(path: string): Promise<readonly FileHolder[]>;
  /** Calls back when something was mounted, unmounted or mounted with other options. */
  watch(changed: (seen: SeenChange) => void): Watch;
}

/** The mounts of this machine; `readTable` is for tests. */
export function createMountList(
  clock: Clock,
  watcher: Pick<Watcher, "watchMounts">,
  readTable: () => string = readMountTable,
): MountList {
  let text = "";
  let mounts: readonly MountedFileSystem[] = [];
  return {
    read() {
      try {
        const read = readTable();
        if (read !== text) {
          mounts = parseMountList(read);
          text = read;
        }
        return ok(mounts);
      } catch (thrown) {
        return fail(`cannot read what is mounted (/proc/self/mountinfo): ${reasonOf(thrown)}`, {
          hint: "is /proc mounted?",
        });
      }
    },
    holders: (path) => holdersOf(path, clock),
    watch: (changed) => watcher.watchMounts(changed),
  };
}

/** What is mounted where a path is, by the path as it is written (absolute, without links). */
export function mountAt(
  mounts: readonly MountedFileSystem[],
  path: string,
): MountedFileSystem | undefined {
  for (let at = path;; at = dirname(at)) {
    const found = mounts.findLast(({ point }) => point === at);
    if (found !== undefined || at === "/") return found;
  }
}

/** Reads the format of /proc/self/mountinfo. */
export function parseMountList(text: string): readonly MountedFileSystem[] {
  const mounts: MountedFileSystem[] = [];
  for (const line of text.split("\n")) {
    const dash = line.indexOf(" - ");
    if (dash < 0) continue;
    const [, , device, root, point, options] = line.slice(0, dash).split(" ");
    const [type, source, superOptions] = line.slice(dash + 3).split(" ");
    if (device === undefined || root === undefined || point === undefined) continue;
    mounts.push({
      point: unescapeMountField(point),
      root: unescapeMountField(root),
      device,
      source: unescapeMountField(source ?? ""),
      type: type ?? "",
      options: listOf(options),
      superOptions: listOf(superOptions),
    });
  }
  return mounts;
}

function listOf(options: string | undefined): readonly string[] {
  return (options ?? "").split(",").filter((each) => each !== "").map(unescapeMountField);
}
