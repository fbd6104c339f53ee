/**
 * One agent for each prefix. The lock is the kernel's, so that it is gone with the process that held
 * it, however that ended; what the file says serves only the message for the next one.
 *
 * @module
 */

import { join } from "node:path";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import { printable } from "../../base/printable.ts";
import type { Clock } from "../clock.ts";
import { lstat } from "../files/stat.ts";
import { readProcess } from "../process/table.ts";

/** The prefix belongs to this process until it closes the lock or ends. */
export interface StateLock {
  /** Gives the prefix back; harmless when that was done before. */
  close(): void;
}

/** Who holds a lock. */
interface LockHolder {
  readonly pid: number;
  /** Clock ticks between the start of the machine and that of the process. */
  readonly started: number;
  /** The graph file it runs, and since when. */
  readonly file: string;
  readonly since: string;
}

/** The runtime of dist/mgmt can only wait for a lock: so long, then it counts as held. */
const WAIT_MS = 250;
/** So long where nobody is known to hold it: on a busy machine the thread that takes it comes late. */
const NOBODY_WAIT_MS = 3000;
const HOLDER_LIMIT_BYTES = 16 * 1024;
const HINT = "stop that one, or give this run a place of its own: --prefix, --hostname or " +
  "--tmp-prefix";

/** Makes the directory `prefix` (absolute) if it is missing, and takes it for this process. */
export async function takeStateLock(
  prefix: string,
  graphFile: string,
  clock: Clock,
): Promise<Result<StateLock>> {
  const unfit = makeDirectory(prefix);
  if (unfit !== undefined) return unfit;
  const odd = notAFile(join(prefix, "lock"));
  if (odd !== undefined) return unusable(prefix, odd);
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(join(prefix, "lock"), {
      read: true,
      write: true,
      create: true,
      mode: 0o600,
    });
  } catch (thrown) {
    return unusable(prefix, reasonOf(thrown));
  }
  try {
    if (!await lockSoon(file, clock, { prefix, exclusive: true })) return held(prefix);
  } catch (thrown) {
    file.close();
    return unusable(prefix, `it cannot be locked: ${reasonOf(thrown)}`);
  }
  writeHolder(file, graphFile, clock);
  let closed = false;
  return ok({
    close: () => {
      if (closed) return;
      closed = true;
      file.close();
    },
  });
}

/**
 * Whether a process holds the prefix (absolute); a failure where one may not even try. It writes nothing,
 * and takes the lock at most together with others who ask, for the moment that this takes.
 */
export async function isStateHeld(prefix: string, clock: Clock): Promise<Result<boolean>> {
  try {
    if (lstat(join(prefix, "lock")) === undefined) return ok(false);
    const unfit = unfitness(prefix);
    const odd = notAFile(join(prefix, "lock"));
    if (unfit !== undefined || odd !== undefined) return unusable(prefix, unfit ?? odd!);
    const file = Deno.openSync(join(prefix, "lock"), { read: true });
    if (!await lockSoon(file, clock, { prefix, exclusive: false })) return ok(true);
    file.close();
    return ok(false);
  } catch (thrown) {
    // Who may not look into the directory sees no agent there.
    if (thrown instanceof Deno.errors.PermissionDenied) return ok(false);
    return unusable(prefix, reasonOf(thrown));
  }
}

/** What tells the lock of that path from another one there; undefined: there is none. */
export function lockIdentity(prefix: string): string | undefined {
  try {
    const found = lstat(join(prefix, "lock"));
    return found && `${found.dev}:${found.ino}`;
  } catch {
    return undefined;
  }
}

/** Takes the lock, or closes the file. */
async function lockSoon(
  file: Deno.FsFile,
  clock: Clock,
  { prefix, exclusive }: { readonly prefix: string; readonly exclusive: boolean },
): Promise<boolean> {
  if ("tryLockSync" in file && typeof file.tryLockSync === "function") {
    const taken = file.tryLockSync(exclusive) === true;
    if (!taken) file.close();
    return taken;
  }
  const given = new AbortController();
  let late = false;
  const locking = file.lock(exclusive).then(() => {
    given.abort();
    // Nobody wants it any more, and the next one must not wait for this process to end.
    if (late) file.close();
  });
  await Promise.race([locking, clock.sleep(WAIT_MS, given.signal)]);
  if (!given.signal.aborted && (wasNeverHeld(prefix) || holderHasEnded(prefix))) {
    await Promise.race([locking, clock.sleep(NOBODY_WAIT_MS - WAIT_MS, given.signal)]);
  }
  late = !given.signal.aborted;
  return !late;
}

function makeDirectory(prefix: string): Result<never> | undefined {
  try {
    Deno.mkdirSync(prefix, { recursive: true, mode: 0o700 });
    const unfit = unfitness(prefix);
    return unfit === undefined ? undefined : unusable(prefix, unfit);
  } catch (thrown) {
    return unusable(prefix, reasonOf(thrown));
  }
}

/** Why nobody should keep state there; throws where it cannot be looked at. */
function unfitness(prefix: string): string | undefined {
  const { uid, mode } = Deno.statSync(prefix);
  if (uid !== null && uid !== 0 && uid !== Deno.uid()) return `it belongs to another user (${uid})`;
  return ((mode ?? 0) & 0o002) === 0 ? undefined : "everybody may write there";
}

function unusable(prefix: string, reason: string): Result<never> {
  return fail(`the directory ${printable(prefix)} cannot be used for state: ${reason}`, {
    code: "prefix",
    hint: "say where else with --prefix, or use --tmp-prefix",
  });
}

function held(prefix: string): Result<never> {
  const holder = readHolder(prefix);
  const who = holder === undefined
    ? "another run"
    : `process ${holder.pid}, which runs ${printable(holder.file)} since ${
      printable(holder.since)
    }`;
  return fail(`${printable(prefix)} is in use by ${who}`, { code: "locked", hint: HINT });
}

function writeHolder(file: Deno.FsFile, graphFile: string, clock: Clock): void {
  const holder: LockHolder = {
    pid: Deno.pid,
    started: readProcess(Deno.pid)?.started ?? 0,
    file: graphFile,
    since: clock.wall().toISOString(),
  };
  try {
    file.truncateSync(0);
    file.writeSync(new TextEncoder().encode(`${JSON.stringify(holder)}\n`));
  } catch {
    // A full disk makes the next one's message poorer, no more.
  }
}

/** What stands where a file should be: it would be waited for, or lead elsewhere. */
function notAFile(path: string): string | undefined {
  try {
    return lstat(path)?.isFile === false ? `${path} is not a regular file` : undefined;
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

/** Whether nobody has written yet that the lock of that prefix is his. */
function wasNeverHeld(prefix: string): boolean {
  return lstat(join(prefix, "lock"))?.size === 0;
}

/** Whether whoever held the lock of that prefix last is known to have ended; reading only. */
export function holderHasEnded(prefix: string): boolean {
  const { pid, started = 0 } = saidHolder(prefix) ?? {};
  return pid !== undefined && started !== 0 && readProcess(pid)?.started !== started;
}

/** Whether a process that holds the lock of that prefix has begun within the last `ms`; reading only. */
export function holderIsNew(prefix: string, ms: number, clock: Clock): boolean {
  const { pid = 0, started = 0, since = "" } = saidHolder(prefix) ?? {};
  const ageMs = clock.wall().getTime() - Date.parse(since);
  return ageMs >= 0 && ageMs < ms && started !== 0 && readProcess(pid)?.started === started;
}

/** Who the file says holds it, if that process runs; in a container it may be out of sight. */
function readHolder(prefix: string): LockHolder | undefined {
  const holder = saidHolder(prefix);
  const process = holder && readProcess(holder.pid);
  if (process !== undefined && holder!.started !== 0 && process.started !== holder!.started) {
    return undefined;
  }
  return holder;
}

function saidHolder(prefix: string): LockHolder | undefined {
  try {
    if (notAFile(join(prefix, "lock")) !== undefined) return undefined;
    const file = Deno.openSync(join(prefix, "lock"), { read: true });
    const buffer = new Uint8Array(HOLDER_LIMIT_BYTES);
    const length = file.readSync(buffer) ?? 0;
    file.close();
    const said = JSON.parse(new TextDecoder().decode(buffer.subarray(0, length)));
    const { pid, started, file: graph, since } = said as Record<string, unknown>;
    if (typeof pid !== "number" || typeof started !== "number") return undefined;
    if (typeof graph !== "string" || typeof since !== "string") return undefined;
    return { pid, started, file: graph, since };
  } catch {
    return undefined;
  }
}
