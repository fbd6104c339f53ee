/**
 * Who holds a lock of the account files.
 *
 * @module
 */

import { LIMITS } from "../../../base/limits.ts";
import type { WorkContext } from "../../../kind/work_context.ts";

/** Locked through the kernel, by everybody who goes by the rules. */
export const KERNEL_LOCK = "/etc/.pwd.lock";

/** A lock that somebody holds. */
export interface AccountLockHolder {
  readonly lock: string;
  /** What is to be said of it, for instance `is held by vipw (process 7)`. */
  readonly words: string;
  /** No process holds it: it was left behind, and stays until somebody removes it. */
  readonly isLeft: boolean;
}

/** Who holds a lock; undefined: nobody, or a process that is gone, which the programs see themselves. */
export async function holderOf(
  lock: string,
  context: WorkContext,
): Promise<AccountLockHolder | undefined> {
  const words = await (lock === KERNEL_LOCK ? holderOfKernelLock(context) : ownerOf(lock, context));
  if (words === undefined) return undefined;
  return { lock, words, isLeft: words === NOBODY };
}

const NOBODY = "is there, but names no process that made it";

async function holderOfKernelLock(context: WorkContext): Promise<string | undefined> {
  const lock = await context.host.files.look(KERNEL_LOCK);
  if (!lock.ok || lock.value.type !== "file") return undefined;
  const { inode } = lock.value.stat;
  const locks = await textOf("/proc/locks", context) ?? "";
  for (const line of locks.split("\n")) {
    const [, pid, place] = /^\d+: \S+ +\S+ +WRITE +(\d+) +\S+:(\d+) /.exec(line) ?? [];
    // A file of another file system may have the same number.
    if (pid === undefined || Number(place) !== inode || !await hasOpen(pid, context)) continue;
    return await blockedBy(pid, context);
  }
  return undefined;
}

async function hasOpen(pid: string, { host: { files } }: WorkContext): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  const open = await files.list(directory);
  for (const { name } of open.ok ? open.value.entries : []) {
    const seen = await files.look(`${directory}/${name}`);
    if (seen.ok && seen.value.type === "symlink" && seen.value.target === KERNEL_LOCK) return true;
  }
  return false;
}

/** The programs take a lock file for left behind only where it names a process, and that is gone. */
async function ownerOf(lock: string, context: WorkContext): Promise<string | undefined> {
  const text = await textOf(lock, context);
  if (text === undefined) return undefined;
  const pid = /^([1-9][0-9]*)\0?$/.exec(text)?.[1];
  if (pid === undefined) return NOBODY;
  return await textOf(`/proc/${pid}/comm`, context) === undefined
    ? undefined
    : await blockedBy(pid, context);
}

async function blockedBy(pid: string, context: WorkContext): Promise<string> {
  const name = (await textOf(`/proc/${pid}/comm`, context) ?? "").trim();
  return `is held by ${name === "" ? "a program" : name} (process ${pid})`;
}

/** Undefined: there is no such file. */
async function textOf(path: string, { host }: WorkContext): Promise<string | undefined> {
  const seen = await host.files.look(path, { contentUpToBytes: LIMITS.syncReadBytes });
  if (!seen.ok || seen.value.type !== "file") return undefined;
  return new TextDecoder().decode(seen.value.content);
}
