/**
 * Reads the graph file that a user named: unlike the files that resources manage, it may be reached
 * through symbolic links, and `-` is the standard input.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { fail, ok, reasonOf, type Result } from "../base/result.ts";

/** The bytes of a graph file and where it stands. */
export interface GraphBytes {
  readonly bytes: Uint8Array;
  /** The directory of the name that the user gave, absolute; for relative sources. */
  readonly directory: string;
}

/** The absolute path of a graph file that the user named; `-` stays as it is. */
export function graphTextPath(file: string): string {
  return file === "-" ? file : resolve(file);
}

/** Reads a regular file, or the standard input; of a larger one, `limitBytes` + 1 bytes. */
export async function readGraphBytes(
  path: string,
  limitBytes: number,
): Promise<Result<GraphBytes>> {
  try {
    if (path === "-") {
      const bytes = await readUpTo(Deno.stdin.readable, limitBytes + 1);
      return ok({ bytes, directory: Deno.cwd() });
    }
    const stat = await Deno.stat(path);
    if (stat.isDirectory) {
      return fail(`${path} is a directory`, { hint: "name a graph file in it" });
    }
    if (!stat.isFile) return fail(`${path} is not a regular file`);
    const bytes = stat.size <= limitBytes
      ? await Deno.readFile(path)
      : await readUpTo((await Deno.open(path)).readable, limitBytes + 1);
    return ok({ bytes, directory: dirname(path) });
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) {
      return fail(`${path} does not exist`, { code: "absent", hint: "check the name" });
    }
    return fail(`cannot read ${path}: ${reasonOf(thrown)}`);
  }
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
