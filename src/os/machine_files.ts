/**
 * The small files by which a machine tells what it is: of the kernel, and of the distribution.
 *
 * @module
 */

import { fail, ok, reasonOf, type Result } from "../base/result.ts";
import { closeSync, openSync, readlinkSync, readSync, statSync } from "node:fs";

/** More than any of them has. */
const LARGEST_BYTES = 256 * 1024;

/** Reads those of this machine. Paths are absolute. */
export interface MachineFiles {
  /** What stands in a file; code `absent`: there is none. */
  text(path: string): Result<string>;
  /** Where a link leads, as it is written; undefined: it is none. */
  link(path: string): string | undefined;
  /** Whether a path leads to something. */
  has(path: string): boolean;
}

/** Opens them; `root` is in front of all paths, for the tree of another machine. */
export function machineFiles(root = ""): MachineFiles {
  return {
    text: (path) => readSmall(root + path),
    link: (path) => {
      try {
        return readlinkSync(root + path);
      } catch {
        return undefined;
      }
    },
    has: (path) => statSync(root + path, { throwIfNoEntry: false }) !== undefined,
  };
}

function readSmall(path: string): Result<string> {
  try {
    // What is no plain file could keep the reader waiting.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return fail(`there is no ${path}`, { code: "absent" });
    if (!found.isFile()) return fail(`${path} is no file`);
    const descriptor = openSync(path, "r");
    try {
      const bytes = new Uint8Array(LARGEST_BYTES);
      let length = 0;
      for (;;) {
        const count = readSync(descriptor, bytes, length, bytes.length - length, null);
        length += count;
        if (count === 0 || length === bytes.length) break;
      }
      return ok(new TextDecoder().decode(bytes.subarray(0, length)));
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    return fail(`${path} cannot be read: ${reasonOf(thrown)}`);
  }
}
