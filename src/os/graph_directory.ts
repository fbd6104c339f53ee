/**
 * The graph files of a directory.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { type FileWay, wayTo } from "./files/file_way.ts";
import { systemFailure } from "./files/system_error.ts";

/** What a directory has. */
export interface GraphListing {
  readonly way: FileWay;
  /** Names that match, sorted. */
  readonly names: readonly string[];
  /** Another one where something came, went or was renamed in between. */
  readonly version: string;
}

/** Whether a name that a user gave leads to a directory now; undefined: to nothing. */
export function isDirectory(path: string): boolean | undefined {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return undefined;
  }
}

/** Lists what `isMeant` of a directory (absolute), also through links; more than `limit` are refused. */
export async function listGraphDirectory(
  path: string,
  { isMeant, limit }: { readonly isMeant: (name: string) => boolean; readonly limit: number },
): Promise<Result<GraphListing>> {
  const found = await wayTo(path);
  if (!found.ok) return found;
  const way = found.value;
  if (way.end.type !== "directory") return fail(`${path} is no directory any more`);
  try {
    const { mtime, ctime } = await Deno.lstat(way.realPath);
    const names: string[] = [];
    for await (const { name } of Deno.readDir(way.realPath)) {
      if (isMeant(name)) names.push(name);
      if (names.length > limit) {
        return fail(`${path} has more than ${limit} graph files`, {
          hint: "put what belongs together into one file",
        });
      }
    }
    names.sort();
    const { device, inode } = way.end;
    const version = [device, inode, mtime?.getTime(), ctime?.getTime(), ...names].join("/");
    return ok({ way, names, version });
  } catch (thrown) {
    return systemFailure(thrown, `read ${path}`);
  }
}
