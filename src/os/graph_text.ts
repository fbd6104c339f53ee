/**
 * Reads the graph file that a user named: unlike the files that resources manage, it may be reached
 * through symbolic links, and `-` is the standard input.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { LIMITS } from "../base/limits.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { systemFailure } from "./files/system_error.ts";
import { isKernelStream, STREAM_TEXT } from "./files/unsized.ts";
import * as descriptors from "./files/descriptors.ts";
import { type FileWay, wayTo } from "./files/file_way.ts";

/** What came of reading a graph file. */
export interface GraphBytes {
  /** The way that was taken, also where nothing could be read at its end; absent: there is none. */
  readonly way?: FileWay;
  readonly bytes: Result<Uint8Array>;
}

/** The absolute path of a graph file that the user named; `-` stays as it is. */
export function graphTextPath(file: string): string {
  return file === "-" ? file : resolve(file);
}

/** The directory for relative sources: that of the name the user gave, absolute. */
export function graphDirectory(path: string): string {
  return path === "-" ? Deno.cwd() : dirname(path);
}

/** Reads a regular file, or the standard input; of a larger one, `limitBytes` + 1 bytes. */
export async function readGraphBytes(path: string, limitBytes: number): Promise<GraphBytes> {
  if (path === "-") return { bytes: ok(await readUpTo(Deno.stdin.readable, limitBytes + 1)) };
  for (let tries = 1;; tries++) {
    const found = await wayTo(path);
    if (!found.ok) return { bytes: found };
    const way = found.value;
    const bytes = await readEnd(path, way, limitBytes).catch((thrown) =>
      systemFailure(thrown, `read ${path}`)
    );
    // An editor put another file in its place just now.
    const again = !bytes.ok && ["changed", "ENOENT", "ELOOP"].includes(bytes.failure.code ?? "");
    if (!again || tries === TRIES) return { way, bytes };
  }
}

const TRIES = 5;

const STEP_BYTES = 64 * 1024;

/** What is opened is what was seen, and never waited for. */
async function readEnd(
  path: string,
  { realPath, end }: FileWay,
  limitBytes: number,
): Promise<Result<Uint8Array>> {
  if (end.type === "directory") {
    return fail(`${path} is a directory`, { hint: "name a graph file in it" });
  }
  if (end.type !== "file") return fail(`${path} is not a regular file`);
  if (isKernelStream(realPath)) return fail(`${path} is ${STREAM_TEXT}`);
  // A mount that hangs would have done so before, on another thread.
  const file = descriptors.openToRead(realPath);
  try {
    const { device, inode, isFile, size } = descriptors.statOpen(file);
    if (!isFile || device !== end.device || inode !== end.inode) {
      return fail(`${path} was replaced while it was looked at`, { code: "changed" });
    }
    if (size > 0 && size <= LIMITS.syncReadBytes) {
      return ok(descriptors.readUpTo(file, Math.min(size, limitBytes) + 1));
    }
    let buffer = new Uint8Array(Math.min(size, limitBytes) + 1);
    let length = 0;
    for (;;) {
      const count = await descriptors.readAsync(file, buffer.subarray(length), length);
      length += count;
      if (count === 0 || length > limitBytes) break;
      if (length === buffer.length) buffer = enlarged(buffer, limitBytes);
    }
    return ok(buffer.subarray(0, length));
  } finally {
    descriptors.close(file);
  }
}

/** What grows while it is read, or does not say its size, needs more room. */
function enlarged(buffer: Uint8Array, limitBytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(2 * buffer.length + STEP_BYTES, limitBytes + 1));
  larger.set(buffer);
  return larger;
}

async function readUpTo(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  limitBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limitBytes) break;
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
