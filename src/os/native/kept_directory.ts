/**
 * Keeps what is in a directory from being removed for its age: systemd-tmpfiles leaves out a directory
 * that somebody has locked, and all below it (tmpfiles.d(5)). The lock is shared, so that others keep it too.
 *
 * @module
 */

import { cString } from "./c_string.ts";
import { openCLibrary } from "./c_library.ts";

const O_RDONLY = 0;
const O_CLOEXEC = 0o2000000;
const LOCK_SH = 1;
const LOCK_NB = 4;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** It is kept until this is closed, or the process ends. */
export interface KeptDirectory {
  close(): void;
}

/** Undefined: it cannot be, perhaps because it is being aged right now. */
export function keepDirectory(path: string): KeptDirectory | undefined {
  if (path.includes("\0")) return undefined;
  const libc = openCLibrary(SYMBOLS);
  if (libc === undefined) return undefined;
  const { open, flock, close } = libc.symbols;
  const descriptor = open(cString(path), O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0 && flock(descriptor, LOCK_SH | LOCK_NB) === 0) {
    return {
      close: () => {
        close(descriptor);
        libc.close();
      },
    };
  }
  if (descriptor >= 0) close(descriptor);
  libc.close();
  return undefined;
}
