/**
 * What a run of the tests consists of: each file with the Deno, the place and the company that it needs.
 *
 * @module
 */

import { existsSync, walkSync } from "@std/fs";
import { marksOf } from "./marks.ts";

/** One test file on one Deno. */
export interface Job {
  /** A path from the root of the project. */
  readonly file: string;
  /** `inside`: the Deno inside dist/mgmt, where that is another one. */
  readonly deno: "pinned" | "inside";
  /** `fleet`: it boots disposable hosts itself; `host`: it runs inside of one. */
  readonly place: "here" | "host" | "fleet";
  /** Whether it keeps a core busy, or mostly waits for what it has started. */
  readonly work: "computes" | "waits";
  /** Whether others may use the host that it has used. */
  readonly leavesNothing: boolean;
  /** Why it needs the machine for itself, if it does. */
  readonly exclusive?: string;
}

/** What stands in each folder of tests/. */
const FOLDERS: Record<string, Pick<Job, "place" | "work">> = {
  unit: { place: "here", work: "computes" },
  style: { place: "here", work: "computes" },
  golden: { place: "here", work: "computes" },
  conformance: { place: "here", work: "computes" },
  simulation: { place: "here", work: "computes" },
  system: { place: "host", work: "waits" },
  cluster: { place: "fleet", work: "waits" },
  scenario: { place: "here", work: "waits" },
  fault: { place: "here", work: "waits" },
};

/**
 * The rule for the second Deno: whatever stands on the runtime (its files, processes, sockets, timers, HTTP) may
 * differ there and is tested on both; that is these folders, and files with `// both runtimes: WHY` in their head.
 * Code that only computes gives the same on both. What runs dist/mgmt itself runs on the Deno inside of it anyway.
 */
const BOTH_RUNTIMES = [
  "unit/os",
  "unit/systemd",
  "unit/etcd",
  "unit/std",
  "conformance",
];

/** All jobs of the wanted paths (none: of all), where there is a second Deno with those for it. */
export function plan(wanted: readonly string[], hasSecond: boolean): Job[] {
  return Object.entries(FOLDERS).flatMap(([folder, traits]) =>
    narrow(`tests/${folder}`, wanted).flatMap(testFiles).flatMap((file) =>
      jobsOf(file, traits, hasSecond)
    )
  );
}

function jobsOf(file: string, traits: Pick<Job, "place" | "work">, hasSecond: boolean): Job[] {
  const { exclusive, bothRuntimes, leavesNothing } = marksOf(Deno.readTextFileSync(file));
  const job: Job = {
    file,
    deno: "pinned",
    ...traits,
    leavesNothing: leavesNothing !== undefined,
    ...(exclusive === undefined ? {} : { exclusive }),
  };
  const both = bothRuntimes !== undefined ||
    BOTH_RUNTIMES.some((folder) => isWithin(file, `tests/${folder}`));
  return both && hasSecond ? [job, { ...job, deno: "inside" }] : [job];
}

/** What of a folder the caller wants: the folder, or the paths named below it. */
function narrow(path: string, wanted: readonly string[]): string[] {
  if (!existsSync(path)) return [];
  if (wanted.length === 0 || wanted.some((name) => isWithin(path, name))) return [path];
  return wanted.filter((name) => isWithin(name, path));
}

function isWithin(path: string, folder: string): boolean {
  return `${path}/`.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

function testFiles(path: string): string[] {
  const options = { includeDirs: false, match: [/_test\.ts$/] };
  return path.endsWith(".ts")
    ? [path]
    : [...walkSync(path, options)].map((each) => each.path).sort();
}
