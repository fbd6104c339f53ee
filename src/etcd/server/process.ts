/**
 * The process that etcd is: how it is started, known again and ended.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { lessRights } from "./rights.ts";
import { sendSignal } from "../../os/process/send_signal.ts";
import { spawnFailure } from "../../os/process/spawn_failure.ts";
import { isAlive, type ProcessEntry, readProcess } from "../../os/process/table.ts";

/** A running etcd. */
export interface EtcdProcess {
  readonly entry: ProcessEntry;
  /** Resolves when the process is gone, with the signal that ended it, where that is known. */
  readonly gone: Promise<string | undefined>;
}

/** How often one that is not our child is looked at. */
const LOOK_MS = 250;
/**
 * Time between SIGTERM and SIGKILL. It hands its leadership over first, which takes milliseconds, or
 * seven seconds where the others do not answer; an election takes one, and its data need no end.
 */
const STOP_MS = 2000;
/** What it prints besides its log: a line now and then, and why it cannot even begin. */
const OUTPUT_BYTES = 1024 * 1024;

/** Starts it in a session of its own (^C at the agent's terminal is not for it), with no more of an environment. */
export async function startEtcd(
  program: string,
  flags: readonly string[],
  output: string,
): Promise<Result<EtcdProcess>> {
  fs.rmSync(output, { force: true });
  // Appending, so that what is cut off later stays cut off.
  const file = fs.openSync(output, "a", 0o600);
  const [command = program, ...args] = [...scopePrefix(), ...lessRights(flags), program, ...flags];
  try {
    const child = spawn(command, args, {
      detached: true,
      stdio: ["ignore", file, file],
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    if (child.pid === undefined) {
      const why = await new Promise((resolve) => child.once("error", resolve));
      return spawnFailure(why, { argv: [program] });
    }
    child.on("error", () => {});
    child.unref();
    const gone = endOf(child);
    const entry = readProcess(child.pid);
    if (entry !== undefined) return ok({ entry, gone });
    child.kill("SIGKILL");
    await gone;
    return fail("etcd cannot be looked after: its process is not in /proc", { code: "no-proc" });
  } catch (thrown) {
    return spawnFailure(thrown, { argv: [program] });
  } finally {
    fs.closeSync(file);
  }
}

const SYSTEMD_RUN = "/usr/bin/systemd-run";
/** What its scope may use: many times what it needs with the largest store that it is allowed. */
const SCOPE_LIMITS = ["TasksMax=1024", "MemoryHigh=2G", "MemoryMax=3G"];

/**
 * Of a service of systemd all processes end with the agent, however that ended: etcd gets a scope of
 * its own there. (`systemd-run` becomes etcd: the process is the same.)
 */
function scopePrefix(): readonly string[] {
  const isService = Deno.env.has("INVOCATION_ID") && Deno.uid() === 0;
  if (!isService || !fs.existsSync("/run/systemd/system") || !fs.existsSync(SYSTEMD_RUN)) return [];
  const limits = SCOPE_LIMITS.flatMap((limit) => ["--property", limit]);
  return [
    SYSTEMD_RUN,
    ...["--scope", "--quiet", "--collect", "--description=etcd of mgmt"],
    ...limits,
    "--",
  ];
}

/** Keeps what it prints besides its log from growing for ever. */
export function limitOutput(output: string): void {
  try {
    if (fs.statSync(output).size > OUTPUT_BYTES) fs.truncateSync(output);
  } catch {
    // It is not there yet.
  }
}

/** A process that is not our child any more. */
export function strangeEtcd(entry: ProcessEntry, clock: Clock): EtcdProcess {
  return { entry, gone: untilGone(entry, clock) };
}

async function untilGone(entry: ProcessEntry, clock: Clock): Promise<undefined> {
  while (isAlive(entry)) await clock.sleep(LOOK_MS);
}

function endOf(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("exit", (_code, signal) => resolve(signal ?? undefined));
  });
}

/** Asks it to end, and makes it end when it does not; resolves when it is gone. */
export async function endEtcd(
  { entry, gone }: EtcdProcess,
  clock: Clock,
  graceMs = STOP_MS,
): Promise<void> {
  const signal = (name: Deno.Signal) => isAlive(entry) && sendSignal(entry.pid, name);
  if (!signal("SIGTERM")) return void await gone;
  const timer = clock.after(graceMs, () => signal("SIGKILL"));
  await gone;
  timer.cancel();
}

/** Writes down which process it is. */
export function rememberEtcd(
  directory: string,
  { name, generation }: Omit<KnownEtcd, "entry">,
  entry: ProcessEntry,
): void {
  const path = join(directory, "etcd.pid");
  const text = JSON.stringify({ name, generation, pid: entry.pid, started: entry.started });
  fs.writeFileSync(`${path}~`, text, { mode: 0o600 });
  fs.renameSync(`${path}~`, path);
}

/** An etcd that was started here: which member it is, and with which arguments it runs. */
export interface KnownEtcd {
  readonly name: string;
  readonly generation: string | undefined;
  readonly entry: ProcessEntry;
}

/** The etcd that was left behind, if it still runs: that very process, with data of ours. */
export function leftEtcd(directory: string): KnownEtcd | undefined {
  try {
    const text = fs.readFileSync(join(directory, "etcd.pid"), "utf8");
    const { name, generation, pid, started } = JSON.parse(text) as Record<string, unknown>;
    const entry = readProcess(Number(pid));
    if (entry === undefined || entry.started !== started || entry.over) return undefined;
    const data = dataOf(entry.pid);
    if (data?.startsWith(join(directory, "data/")) !== true) return undefined;
    const runsAs = typeof generation === "string" ? generation : undefined;
    return { name: String(name), generation: runsAs, entry };
  } catch {
    return undefined;
  }
}

/** The data directory that a process was started with. */
function dataOf(pid: number): string | undefined {
  const flags = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  return flags.find((flag) => flag.startsWith("--data-dir="))?.slice("--data-dir=".length);
}

/** Who has the data of a member open: etcd holds a lock on its database. */
export function userOf(dataDirectory: string): ProcessEntry | undefined {
  try {
    const { ino } = fs.statSync(join(dataDirectory, "member/snap/db"));
    const lock = fs.readFileSync("/proc/locks", "utf8").split("\n")
      .map((line) => /FLOCK +\w+ +WRITE +(\d+) +\w+:\w+:(\d+) /.exec(line))
      .find((found) => found !== null && Number(found[2]) === ino);
    const entry = lock === undefined || lock === null ? undefined : readProcess(Number(lock[1]));
    // Another file system may have a file of that number: only who works on this directory counts.
    return entry !== undefined && dataOf(entry.pid) === dataDirectory ? entry : undefined;
  } catch {
    return undefined;
  }
}
