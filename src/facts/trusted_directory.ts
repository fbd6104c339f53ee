/**
 * A directory whose files people put there, such as /etc/mgmt/labels.d: who can write there decides what
 * the agent does, so nobody but root and the agent's user may.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { LIMITS } from "../base/limits.ts";
import type { FileWay } from "../os/files/file_way.ts";
import { listGraphDirectory } from "../os/graph_directory.ts";
import { readGraphBytes } from "../os/graph_text.ts";

/** Why others could change what is there; undefined: nobody can. */
export type Distrusts = (
  way: FileWay,
  where: { readonly directory: string; readonly isListed: boolean },
) => Promise<string | undefined>;

/** One file as it was read. */
export interface TrustedFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly text: Result<string>;
  /** Whether its owner may run it. */
  readonly isExecutable: boolean;
  /** Everybody may read it. */
  readonly isPublic: boolean;
  /** Nobody else can change it; its text may be too long all the same. */
  readonly isTrusted: boolean;
  /** Another one where another file is there. */
  readonly version: string;
}

/** Reads its files in the order of their names; none where there is no such directory. */
export async function readTrustedDirectory(
  directory: string,
  { isMeant, distrusts }: {
    readonly isMeant: (name: string) => boolean;
    readonly distrusts: Distrusts;
  },
): Promise<Result<readonly TrustedFile[]>> {
  const listed = await listGraphDirectory(directory, { isMeant, limit: LIMITS.factFiles });
  if (!listed.ok) return listed.failure.code === "absent" ? ok([]) : listed;
  const { way, names } = listed.value;
  const why = await distrusts(way, { directory, isListed: true });
  if (why !== undefined) return fail(why);
  const files: TrustedFile[] = [];
  for (const name of names) {
    const path = `${directory}/${name}`;
    const { way: wayThere, bytes } = await readGraphBytes(path, LIMITS.factFileBytes);
    const refused = wayThere && await distrusts(wayThere, { directory, isListed: false });
    const mode = wayThere?.end.mode ?? 0;
    files.push({
      name,
      path,
      text: refused === undefined ? factFileText(path, bytes) : fail(refused),
      isExecutable: (mode & 0o100) !== 0,
      isPublic: (mode & 0o004) !== 0,
      isTrusted: wayThere !== undefined && refused === undefined,
      version: `${wayThere?.end.device}:${wayThere?.end.inode}:${
        bytes.ok ? bytes.value.length : ""
      }`,
    });
  }
  return ok(files);
}

/** Since when files are away, by their names. */
export type AwayFiles = ReadonlyMap<string, number>;

/** For so long a file may be away while it is written anew, and what it said still counts. */
export const AWAY_MS = 200;

/** Names that something was `known` of, and that have no file now, but had one a moment ago. */
export function stillAway(
  known: Iterable<string>,
  { present, before, nowMs }: {
    readonly present: { has(name: string): boolean };
    readonly before: AwayFiles;
    readonly nowMs: number;
  },
): AwayFiles {
  const away = [...known].filter((name) => !present.has(name));
  const since = away.map((name) => [name, before.get(name) ?? nowMs] as const);
  return new Map(since.filter(([, sinceMs]) => nowMs - sinceMs < AWAY_MS));
}

/** The text of a file, if it is one, and not too long. */
export function factFileText(path: string, bytes: Result<Uint8Array>): Result<string> {
  if (!bytes.ok) return bytes;
  if (bytes.value.length > LIMITS.factFileBytes) {
    return fail(`${path} is larger than ${LIMITS.factFileBytes / 1024} KiB`);
  }
  try {
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(bytes.value));
  } catch {
    return fail(`${path} is not UTF-8`, { hint: "save it as UTF-8" });
  }
}
