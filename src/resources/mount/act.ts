/**
 * Mounting, unmounting, and keeping /etc/fstab.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import { Turns } from "../../base/turns.ts";
import type { Context } from "../../kind/kind.ts";
import { parentOf } from "../file/path.ts";
import { withEntry, withoutEntry } from "./fstab.ts";
import { entryOf, FSTAB, readFstab } from "./inspect.ts";
import { kernelOptions } from "./options.ts";
import type { MountParams } from "./params.ts";

/** Reading, changing and writing the file is the work of one resource at a time. */
const turns = new Turns();
/** Tries to change a file that somebody else changes at the same moments. */
const TRIES = 10;
/** How mount and umount say that the system refused. */
const EXIT_REFUSED = 32;
/** Holders that a message names. */
const NAMED = 5;

/** Mounts it, or with `remount` brings its options into force. */
export async function mount(
  params: MountParams,
  context: Context,
  remount = false,
): Promise<Failure | undefined> {
  const { path, device, type, options = [] } = params;
  const obstacle = remount ? undefined : await obstacleAt(path, context);
  if (obstacle !== undefined) return obstacle;
  const list = kernelOptions(options, remount);
  const argv = [
    "mount",
    ...(type === "auto" || params.bind || remount ? [] : ["-t", type]),
    ...(list.length === 0 ? [] : ["-o", list.join(",")]),
    "--",
    device,
    path,
  ] as const;
  const what = remount ? `mount ${path} with other options` : `mount ${device} on ${path}`;
  const ran = await run(argv, what, params, context);
  return ran.ok ? undefined : ran.failure;
}

/** Unmounts what is on top there; what is in use stays, and it is said who uses it. */
export async function unmount(
  params: MountParams,
  context: Context,
): Promise<Failure | undefined> {
  const { path } = params;
  const ran = await run(["umount", "--", path], `unmount ${path}`, params, context);
  if (ran.ok) return undefined;
  return ran.failure.code === "busy" ? await busy(path, context) : ran.failure;
}

/** Runs mount or umount; what they print is the reason when they fail. */
async function run(
  argv: readonly [string, ...string[]],
  what: string,
  { timeoutSeconds }: MountParams,
  { host, signal }: Context,
): Promise<Result<void>> {
  const ran = await host.processes.run({
    argv,
    env: { LC_ALL: "C" },
    timeoutMs: timeoutSeconds * 1000,
    signal,
  });
  const no = (why: string, more: { code?: string; hint?: string } = {}): Result<void> => ({
    ok: false,
    failure: failure(`cannot ${what}: ${why}`, more),
  });
  if (!ran.ok) return { ok: false, failure: ran.failure };
  const { code, ended, signal: killedBy, tail, survivors } = ran.value;
  if (code === 0) return ok(undefined);
  if (ended === "timeout") {
    const left = survivors > 0 ? "; it cannot be ended, and waits on" : "";
    return no(`it did not end within ${timeoutSeconds} s${left}`, {
      code: "timeout",
      hint: "does the server or the device answer? timeout says how long it may take",
    });
  }
  if (ended === "stopped") return no("it was stopped", { code: "stopped" });
  const said = reasonIn(tail);
  if (code === EXIT_REFUSED && /busy/.test(said)) return no(said, { code: "busy" });
  return no(
    said ||
      (code === undefined
        ? `${argv[0]} was ended by ${killedBy}`
        : `${argv[0]} exited with code ${code}`),
  );
}

/** What they print begins with their names and the path, and advice to look into other logs. */
function reasonIn(tail: readonly string[]): string {
  return tail.filter((line) => line.trim() !== "" && !/dmesg\(1\)/.test(line))
    .map((line) => line.replace(/^u?mount(\.\w+)?: (\/[^:]*: )?/, "").replace(/\.$/, "").trim())
    .join(" / ").slice(0, 300);
}

async function busy(path: string, { host }: Context): Promise<Failure> {
  const all = host.mounts.read();
  const below = all.ok ? all.value.filter(({ point }) => point.startsWith(`${path}/`)) : [];
  if (below.length > 0) {
    const points = below.slice(0, NAMED).map(({ point }) => point).join(", ");
    return failure(`cannot unmount ${path}: other file systems are mounted below it: ${points}`, {
      code: "busy",
      hint: "unmount them first",
    });
  }
  const holders = await host.mounts.holders(path);
  const names = holders.slice(0, NAMED).map(({ name, pid }) => `${name} (${pid})`).join(", ");
  const more = holders.length > NAMED ? " and others" : "";
  return failure(
    holders.length === 0
      ? `cannot unmount ${path}: it is in use, by no process that can be seen`
      : `cannot unmount ${path}: it is in use by ${names}${more}`,
    {
      code: "busy",
      hint: holders.length === 0
        ? "look for a swap file, a loop device, an export or a container that uses it"
        : "end them, or stop their service before this; it is tried again",
    },
  );
}

/**
 * Why nothing can be mounted there. A link on the way would lead elsewhere: the kernel would list
 * the mount there, and it would be mounted again and again.
 */
async function obstacleAt(
  path: string,
  { host: { files }, signal }: Context,
): Promise<Failure | undefined> {
  const way = [path];
  for (let at = parentOf(path); at !== "/"; at = parentOf(at)) way.unshift(at);
  for (const at of way) {
    const seen = await files.look(at, { signal });
    if (!seen.ok) return seen.failure;
    if (seen.value.type === "symlink") {
      return failure(`cannot mount on ${path}: ${at} is a link to ${seen.value.target}`, {
        code: "link",
        hint: "name the path it leads to",
      });
    }
    if (seen.value.type === "absent") {
      return failure(`cannot mount on ${path}: ${at} does not exist`, {
        code: "no-directory",
        hint: `make it with a file resource: path: ${path}/`,
      });
    }
  }
  return undefined;
}

/** Brings the entry in /etc/fstab in order, on what the file says now. */
export async function keepFstab(
  params: MountParams,
  context: Context,
): Promise<Failure | undefined> {
  const problem = await turns.take(FSTAB, () => editFstab(params, context));
  if (problem === undefined) await tellSystemd(context);
  return problem;
}

async function editFstab(params: MountParams, context: Context): Promise<Failure | undefined> {
  const { host: { files }, signal } = context;
  for (let tries = 1;; tries++) {
    const read = await readFstab(context);
    if (!read.ok) return read.failure;
    const { seen, text } = read.value;
    const edited = params.state === "absent"
      ? withoutEntry(text, params.path)
      : withEntry(text, entryOf(params));
    if (edited === text) return undefined;
    if (seen.type !== "absent") {
      const kept = await files.backup(FSTAB, seen);
      if (!kept.ok) return kept.failure;
    }
    const content = new TextEncoder().encode(edited);
    const written = await files.write({ path: FSTAB, content, seen, ifUnchanged: true, signal });
    if (written.ok) return undefined;
    if (written.failure.code !== "changed" || tries >= TRIES || signal.aborted) {
      return written.failure;
    }
  }
}

/**
 * systemd makes a unit of each line, and undoes mounts that go against the lines that it has read.
 */
async function tellSystemd(context: Context): Promise<void> {
  const { host, signal } = context;
  const runs = await host.files.look("/run/systemd/system", { signal });
  if (!runs.ok || runs.value.type !== "directory") return;
  const problem = await host.services.system.reloadUnitFiles(signal);
  if (problem !== undefined) {
    context.warn(`systemd has not read the new ${FSTAB}: ${problem.message}`);
  }
}
