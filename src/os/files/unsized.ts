/**
 * Files of the kernel, which say that they are regular files of no size, and may be anything: a few lines,
 * or a stream that a reader waits at, and takes from others.
 *
 * @module
 */

import fs from "node:fs";
import { basename } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import { errorCode } from "./system_error.ts";

/** Streams of which each entry is for the first who reads it. */
const STREAMS = new Set(["kmsg", "trace_pipe", "trace_pipe_raw", "snapshot_raw"]);

/** What such a stream is called where something else is needed. */
export const STREAM_TEXT = "a stream of the kernel, from which whoever reads takes something away";

/** Whether a path (without links) is one of those, which are not read. */
export function isKernelStream(realPath: string): boolean {
  return /^\/(proc|sys)\//.test(realPath) && STREAMS.has(basename(realPath));
}

/** More of them is mostly a mistake, and never quickly read. */
const LIMIT_BYTES = 1024 * 1024;

const EMPTY = new Uint8Array();
/** More than what is read whole has. */
const room = new Uint8Array(64 * 1024);

/** Reads what says that it is empty; never waits for more. */
export function readUnsized(name: string, path: string): Result<Uint8Array> {
  const file = descriptors.openToRead(name);
  try {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length <= LIMIT_BYTES) {
      // Not every file of the kernel has positions, and some are only read whole.
      const count = fs.readSync(file, room, 0, room.length, null);
      if (count === 0) return ok(joined(parts, length));
      parts.push(room.slice(0, count));
      length += count;
    }
    return fail(`${path} does not say its size, and has more than ${LIMIT_BYTES} bytes`, {
      code: "too-large",
    });
  } catch (thrown) {
    if (errorCode(thrown) !== "EAGAIN") throw thrown;
    return fail(`${path} cannot be read: it waits for whoever writes to it`, {
      code: "not-a-file",
    });
  } finally {
    descriptors.close(file);
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first = EMPTY] = parts;
  if (parts.length <= 1) return first;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
