/**
 * The lock that everybody takes who changes users and groups.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure } from "../../base/result.ts";
import type { Context } from "../../kind/kind.ts";

const LOCK = "/etc/.pwd.lock";
/** A lock of the kernel cannot be waited for without taking it. */
const PAUSE_MS = 100;
/** A program that changes an account takes less; only a longer wait is worth a word. */
const SAID_AFTER_MS = 1000;

/** Waits until nobody holds the lock, and says that it waits and for whom. */
export async function waitForLock(context: Context): Promise<Failure | undefined> {
  const { host, signal } = context;
  const startMs = host.clock.nowMs();
  let said = false;
  for (;;) {
    const holder = await holderOfLock(context);
    if (holder === undefined) return undefined;
    const waitedMs = host.clock.nowMs() - startMs;
    if (waitedMs >= LIMITS.accountLockMs) return stillLocked(holder);
    if (!said && waitedMs >= SAID_AFTER_MS) {
      said = true;
      context.note(`waits for ${LOCK}, which is held by ${holder}`);
    }
    await host.clock.sleep(PAUSE_MS, signal);
    if (signal.aborted) return failure("was stopped while it waited", { code: "stopped" });
  }
}

function stillLocked(holder: string): Failure {
  return failure(
    `users and groups cannot be changed: ${LOCK} is held by ${holder} for more than ` +
      `${LIMITS.accountLockMs / 1000} s`,
    { code: "locked", hint: "end that program if it hangs" },
  );
}

/** Who holds the lock, in words. */
async function holderOfLock(context: Context): Promise<string | undefined> {
  const { files } = context.host;
  const lock = await files.look(LOCK);
  if (!lock.ok || lock.value.type !== "file") return undefined;
  const { inode } = lock.value.stat;
  const locks = await textOf("/proc/locks", context);
  for (const line of locks.split("\n")) {
    const [, pid, place] = /^\d+: \S+ +\S+ +WRITE +(\d+) +\S+:(\d+) /.exec(line) ?? [];
    // A file of another file system may have the same number.
    if (pid === undefined || Number(place) !== inode || !await hasOpen(pid, context)) continue;
    const name = (await textOf(`/proc/${pid}/comm`, context)).trim();
    return `${name} (process ${pid})`;
  }
  return undefined;
}

async function hasOpen(pid: string, { host: { files } }: Context): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  const open = await files.list(directory);
  for (const { name } of open.ok ? open.value.entries : []) {
    const seen = await files.look(`${directory}/${name}`);
    if (seen.ok && seen.value.type === "symlink" && seen.value.target === LOCK) return true;
  }
  return false;
}

async function textOf(path: string, { host }: Context): Promise<string> {
  const seen = await host.files.look(path, { contentUpToBytes: LIMITS.syncReadBytes });
  if (!seen.ok || seen.value.type !== "file") return "";
  return new TextDecoder().decode(seen.value.content);
}
