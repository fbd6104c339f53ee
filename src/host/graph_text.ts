/**
 * Reads the graph file that a user named: unlike the files that resources manage, it may be reached
 * through symbolic links, and `-` is the standard input.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { fail, ok, reasonOf, type Result } from "../base/result.ts";

/** A graph file's text and where it stands. */
export interface GraphText {
  readonly text: string;
  /** The directory of the name that the user gave, absolute; for relative sources. */
  readonly directory: string;
}

/** The absolute path of a graph file that the user named; `-` stays as it is. */
export function graphTextPath(file: string): string {
  return file === "-" ? file : resolve(file);
}

/** Reads a regular file of at most `limitBytes` bytes that holds UTF-8. */
export async function readGraphText(
  path: string,
  limitBytes: number,
): Promise<Result<GraphText>> {
  try {
    const bytes = path === "-" ? await readInput(limitBytes) : await readRegular(path, limitBytes);
    if (!bytes.ok) return bytes;
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.value);
    return ok({ text, directory: path === "-" ? Deno.cwd() : dirname(path) });
  } catch (thrown) {
    if (thrown instanceof TypeError) {
      return fail(`${path} is not UTF-8 text`, { hint: "save it as UTF-8" });
    }
    if (thrown instanceof Deno.errors.NotFound) {
      return fail(`${path} does not exist`, { code: "absent", hint: "check the name" });
    }
    return fail(`cannot read ${path}: ${reasonOf(thrown)}`);
  }
}

/** Paths to watch for changes of a graph file: its own, and where links lead it. */
export function graphTextPaths(path: string): string[] {
  try {
    return [...new Set([path, Deno.realPathSync(path)])];
  } catch {
    return [path];
  }
}

async function readRegular(path: string, limitBytes: number): Promise<Result<Uint8Array>> {
  const stat = await Deno.stat(path);
  if (stat.isDirectory) return fail(`${path} is a directory`, { hint: "name a graph file in it" });
  if (!stat.isFile) return fail(`${path} is not a regular file`);
  if (stat.size > limitBytes) return tooLarge(path, limitBytes);
  return ok(await Deno.readFile(path));
}

async function readInput(limitBytes: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of Deno.stdin.readable) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limitBytes) return tooLarge("the standard input", limitBytes);
  }
  return ok(new Uint8Array(await new Blob(chunks).arrayBuffer()));
}

function tooLarge(what: string, limitBytes: number): Result<never> {
  return fail(`${what} is larger than ${limitBytes / 1024 / 1024} MiB`, {
    hint: "a graph file has at most that; put contents into files of their own, as source",
  });
}
