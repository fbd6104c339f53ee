/**
 * What of a directory of graphs is read: its graph files, and what may be its programs.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail } from "../../base/result.ts";
import { type GraphListing, listGraphDirectory } from "../../os/graph_directory.ts";
import { type GraphBytes, readGraphBytes } from "../../os/graph_text.ts";
import { hasProgramName } from "./directory_names.ts";

/** Readings of a directory that changes meanwhile. */
const TRIES = 5;
/** Files that are read at the same time. */
const AT_ONCE = 16;
/** One of its files as it was read. */
export interface ReadFile extends GraphBytes {
  readonly name: string;
}

/** What a directory holds. */
interface DirectoryContent {
  readonly listing: GraphListing;
  readonly files: readonly ReadFile[];
}

/** Editors' copies and drafts end otherwise, or are hidden. */
export function isGraphFile(name: string): boolean {
  return name.endsWith(".yaml") && !name.startsWith(".");
}

/** What many write in its place. */
function isOtherYaml(name: string): boolean {
  return /\.(yml|YAML|YML)$/.test(name) && !name.startsWith(".");
}

/** Names of links, which lead elsewhere. */
export function links(
  { way: { realPath } }: GraphListing,
  files: readonly ReadFile[],
): readonly string[] {
  return files.filter(({ way, name }) => way?.realPath !== `${realPath}/${name}`)
    .map(({ name }) => name);
}

/** Reads a directory as it was at one moment, as far as that can be known. */
export async function readGraphDirectory(path: string) {
  const isMeant = (name: string) => isGraphFile(name) || hasProgramName(name);
  const how = { isMeant, isAlike: isOtherYaml, limit: LIMITS.graphFiles };
  for (let tries = 1;; tries++) {
    const listed = await listGraphDirectory(path, how);
    if (!listed.ok) return listed;
    const files = await readFiles(path, listed.value.names);
    if (files === undefined) return tooLarge(path);
    const after = await listGraphDirectory(path, how);
    const isSame = after.ok && after.value.version === listed.value.version;
    if (isSame || tries === TRIES) {
      const value: DirectoryContent = { listing: listed.value, files };
      return { ok: true, value } as const;
    }
  }
}

/** Undefined: they are more than can be read. */
async function readFiles(
  path: string,
  names: readonly string[],
): Promise<readonly ReadFile[] | undefined> {
  const files: ReadFile[] = [];
  let left = LIMITS.graphFileBytes;
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const read = await Promise.all(
      names.slice(at, at + AT_ONCE).map(async (name) => ({
        name,
        ...await readGraphBytes(`${path}/${name}`, LIMITS.graphFileBytes),
      })),
    );
    for (const { bytes } of read) left -= bytes.ok ? bytes.value.length : 0;
    files.push(...read);
    if (left < 0) return undefined;
  }
  return files;
}

function tooLarge(path: string) {
  const limit = LIMITS.graphFileBytes / 1024 / 1024;
  return fail(`the graph files of ${path} are together larger than ${limit} MiB`, {
    hint: "large contents belong into files of their own, with source: instead of content:",
  });
}
