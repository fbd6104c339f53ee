/**
 * The way to a file: every directory, every link and the file itself, as the kernel would go. Nothing
 * is opened, so nothing can hang on a FIFO; each look happens on another thread.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import { errorCode, systemFailure } from "./system_error.ts";
import { typeOf } from "./stat.ts";

/** One entry on the way. */
export interface WayStep {
  /** Absolute, without links before its last part. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink" | "other";
  /** Permission bits with set-id and sticky bits (0-07777). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The way to something that exists. */
export interface FileWay {
  readonly steps: readonly WayStep[];
  /** Where it ends: absolute, without links. */
  readonly realPath: string;
  /** What is there. */
  readonly end: WayStep & { readonly device: number; readonly inode: number };
}

/** Links on one way, as in the kernel. */
const LINKS = 40;

/** Finds the way to `path` (absolute); that nothing is there has the code `absent`. */
export async function wayTo(path: string): Promise<Result<FileWay>> {
  const steps = new Map<string, WayStep>();
  const names = path.split("/").reverse();
  let here = "/";
  let links = 0;
  try {
    let end = await look(here, steps);
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      if (name === "" || name === ".") continue;
      if (end.type !== "directory") return absent(path);
      const next = name === ".." ? dirname(here) : join(here, name);
      const seen = await look(next, steps);
      if (seen.type !== "symlink") {
        here = next;
        end = seen;
        continue;
      }
      if (++links > LINKS) return fail(`cannot read ${path}: too many links on the way`);
      const target = await Deno.readLink(next);
      names.push(...target.split("/").reverse());
      if (!target.startsWith("/")) continue;
      here = "/";
      end = await look(here, steps);
    }
    return ok({ steps: [...steps.values()], realPath: here, end });
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === "ENOENT" || code === "ENOTDIR") return absent(path);
    return systemFailure(thrown, `read ${path}`);
  }
}

async function look(path: string, steps: Map<string, WayStep>): Promise<FileWay["end"]> {
  const info = await Deno.lstat(path);
  const step: WayStep = {
    path,
    type: typeOf(info),
    mode: (info.mode ?? 0) & 0o7777,
    uid: info.uid ?? 0,
    gid: info.gid ?? 0,
  };
  steps.set(path, step);
  return { ...step, device: info.dev, inode: info.ino ?? 0 };
}

function absent(path: string): Result<never> {
  return fail(`${path} does not exist`, { code: "absent", hint: "check the name" });
}
