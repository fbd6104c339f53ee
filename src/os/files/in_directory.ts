/**
 * Work in a directory that cannot be led astray while it lasts.
 *
 * The runtime has no `openat`. Where somebody else may swap a directory for a link, the process goes
 * there itself, one component at a time, and looks after each step whether it arrived where it
 * looked before. From then on names without a slash are safe: they go to the kernel as they are, and
 * the kernel looks them up in the directory where the process is, wherever that is moved to. None of
 * this may wait for anything, because the working directory belongs to the whole process.
 *
 * @module
 */

import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { PathDirectory } from "./path_resolver.ts";
import { join } from "./paths.ts";
import { errorCode, systemFailure } from "./system_error.ts";
import { lstat } from "./stat.ts";

/** A directory for the time of one synchronous piece of work. */
export interface DirectorySection {
  /** What to give to the kernel for an entry of the directory. */
  at(name: string): string;
  /** What to give to the kernel for the directory itself. */
  readonly here: string;
}

/** Where a walk ended before its directory. */
export interface Missing {
  readonly type: "missing";
  readonly nearestParent: string;
  readonly obstacle?: string;
}

/**
 * Runs `work` in a directory, or says where the way to it ends. `work` must be synchronous; what the
 * kernel refuses in it is to be handled there.
 */
export function inDirectory<T>(
  directory: PathDirectory,
  work: (inside: DirectorySection) => Result<T>,
): Result<T | Missing> {
  if (directory.trust !== "foreign" && directory.steps.length === 0) {
    const prefix = directory.path === "/" ? "/" : `${directory.path}/`;
    return work({ at: (name) => prefix + name, here: directory.path });
  }
  try {
    const missing = walk(directory);
    if (missing !== undefined) return missing.ok ? ok(missing.value) : missing;
    return work({ at: (name) => `./${name}`, here: "." });
  } finally {
    Deno.chdir("/");
  }
}

/** Goes to the directory; undefined once there. */
function walk(directory: PathDirectory): Result<Missing> | undefined {
  let at = directory.anchor;
  try {
    Deno.chdir(at);
    for (const name of directory.steps) {
      const next = join(at, name);
      const seen = lstat(name);
      if (seen === undefined) return ok({ type: "missing", nearestParent: at });
      if (seen.isSymlink) return foreignLink(next);
      if (!seen.isDirectory) return ok({ type: "missing", nearestParent: at, obstacle: next });
      Deno.chdir(name);
      const arrived = Deno.lstatSync(".");
      if (arrived.ino !== seen.ino || arrived.dev !== seen.dev) return swapped(next);
      at = next;
    }
  } catch (thrown) {
    if (errorCode(thrown) === "ENOENT") return swapped(at);
    return systemFailure(thrown, `go to ${directory.path}`);
  }
  return undefined;
}

function foreignLink(path: string): Result<never> {
  return fail(`${path} is a symbolic link in a directory that other users can write`, {
    code: "untrusted-link",
    hint: "name the real path; a link is followed only where nobody but root could have made it",
  });
}

function swapped(path: string): Result<never> {
  return fail(`${path} was replaced while it was looked at`, { code: "changed" });
}
