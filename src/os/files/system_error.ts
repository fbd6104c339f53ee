/** What the kernel refused, as a failure with a reason and a hint. */

import { fail, reasonOf } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";

interface Explanation {
  readonly reason: string;
  readonly hint?: string;
}

const EXPLANATIONS: { readonly [code: string]: Explanation } = {
  EACCES: {
    reason: "permission denied",
    hint: "run as root, or as a user who may do this; a security module may also be the cause",
  },
  EPERM: {
    reason: "operation not permitted",
    hint: "run as root; if that is so, look for an immutable flag with lsattr",
  },
  ENOSPC: {
    reason: "no space left on the device",
    hint: "free space or inodes (df, df -i)",
  },
  EDQUOT: { reason: "the disk quota is used up", hint: "free space or raise the quota" },
  EROFS: { reason: "the file system is read-only", hint: "mount it read-write" },
  ENAMETOOLONG: { reason: "the name is too long", hint: "a name may have 255 bytes" },
  EBUSY: { reason: "it is in use, most likely as a mount point" },
  ELOOP: { reason: "a symbolic link stands there" },
  ENOTDIR: { reason: "something on the way to it is not a directory" },
  EISDIR: { reason: "it is a directory" },
  ENOENT: { reason: "no such file or directory" },
  EEXIST: { reason: "something of that name exists" },
  ENOTEMPTY: { reason: "the directory is not empty" },
  EIO: { reason: "input/output error", hint: "the disk may be failing: see dmesg" },
  ESTALE: { reason: "the network mount is stale", hint: "mount it again" },
  ENOTCONN: { reason: "the mount has lost who answers for it", hint: "mount it again" },
  ETXTBSY: { reason: "it is a program that runs" },
  EFBIG: { reason: "the file would be too large for the file system" },
  EMFILE: { reason: "too many open files", hint: "raise the limit (ulimit -n)" },
  // What the runtime guards, however it is asked: parts of /proc, /sys and /dev.
  NOT_CAPABLE: {
    reason: "a command that only reads graphs may not read there",
    hint: "mgmt plan and mgmt run may",
  },
  ENFILE: { reason: "too many open files on this machine" },
};

/** Numbers of errors that the runtime has no word for. */
const NUMBERS: { readonly [number: string]: string } = {
  "5": "EIO",
  "22": "EINVAL",
  "26": "ETXTBSY",
  "27": "EFBIG",
  "95": "EOPNOTSUPP",
  "107": "ENOTCONN",
  "116": "ESTALE",
  "122": "EDQUOT",
};

/** The kernel's word for what was refused, for instance `ENOENT`; undefined for other exceptions. */
export function errorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (thrown.name === "NotCapable") return "NOT_CAPABLE";
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  const number = /\(os error ([0-9]+)\)/.exec(thrown.message)?.[1];
  return number === undefined ? undefined : NUMBERS[number] ?? `error ${number}`;
}

/**
 * The failure for something the kernel refused; `doing` completes "cannot …". What is not a refusal
 * of the kernel is a bug and thrown again.
 */
export function systemFailure(thrown: unknown, doing: string): Result<never> {
  const code = errorCode(thrown);
  if (code === undefined) throw thrown;
  return refusedBy(code, doing, reasonOf(thrown));
}

/** The failure for a word of the kernel; `otherwise`: what is said of one that is not known here. */
export function refusedBy(code: string, doing: string, otherwise = code): Result<never> {
  const known = EXPLANATIONS[code];
  return fail(`cannot ${doing}: ${known?.reason ?? otherwise}`, {
    code,
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  });
}

/** Runs something that may be refused by the kernel. */
export function attempt<T>(doing: string, work: () => Result<T>): Result<T> {
  try {
    return work();
  } catch (thrown) {
    return systemFailure(thrown, doing);
  }
}
