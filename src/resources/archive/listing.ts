/**
 * What an archive says that there is to be: read once, as long as the archive stays the same.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { parentOf } from "../shared/files/path.ts";
import { judgeEntry } from "./judge.ts";
import type { ArchiveParams } from "./params.ts";

/** What is to stand at one path below the directory. */
export type ArchiveWish =
  | { readonly type: "directory"; readonly mode: number }
  | { readonly type: "symlink"; readonly target: string }
  /** `from`: the entry whose content it has, where that is another. */
  | {
    readonly type: "file";
    readonly mode: number;
    readonly sha256: string;
    readonly from?: string;
  };

/** By path below the directory; what is in a directory comes after it. */
export type Listing = ReadonlyMap<string, ArchiveWish>;

/** Reads an archive through, and judges all of it before anything is unpacked. */
export async function listArchive(
  path: string,
  params: ArchiveParams,
  { host: { archives, files }, signal }: Pick<KindContext, "host" | "signal">,
): Promise<Result<Listing>> {
  const wanted = new Map<string, ArchiveWish>();
  let stripped = false;
  const read = await archives.each(path, params, async (entry) => {
    const judged = judgeEntry(entry, params);
    if (!judged.ok) return judged;
    const { below, type, mode, target } = judged.value;
    if (below === "") {
      stripped ||= params.strip > 0 && type !== "directory";
      return ok(undefined);
    }
    const add = (one: ArchiveWish) => put(wanted, below, one, params.source);
    if (type === "directory") return add({ type, mode });
    if (type === "symlink") return add({ type, target });
    if (type === "file") {
      const sha256 = await files.sum({ pieces: entry.pieces }, signal);
      return sha256.ok ? add({ type, mode, sha256: sha256.value }) : sha256;
    }
    const linked = wanted.get(target);
    if (linked?.type !== "file") {
      return refused(params.source, below, "is a hard link to no file of the archive before it");
    }
    return add({ ...linked, from: linked.from ?? target });
  }, signal);
  if (!read.ok) return read;
  if (wanted.size === 0 && stripped) {
    return fail(`strip: ${params.strip} leaves nothing of ${params.source}`, {
      code: "archive-entry",
      hint: "look at its names (tar -tf, unzip -l); ./ at their beginning does not count",
    });
  }
  return withParents(wanted, params);
}

function put(
  wanted: Map<string, ArchiveWish>,
  below: string,
  entry: ArchiveWish,
  source: string,
): Result<void> {
  const is = wanted.get(below);
  if (is !== undefined && (is.type !== "directory" || entry.type !== "directory")) {
    return refused(source, below, "is there twice");
  }
  wanted.set(below, entry);
  return ok(undefined);
}

/** With the directories that nothing is said of; what is below a file, or behind a link, is refused. */
function withParents(
  wanted: Map<string, ArchiveWish>,
  { source, maxEntries }: ArchiveParams,
): Result<Listing> {
  const most = wanted.size + maxEntries;
  for (const below of [...wanted.keys()]) {
    for (let at = parentOf(`/${below}`); at !== "/"; at = parentOf(at)) {
      const parent = wanted.get(at.slice(1));
      if (parent !== undefined && parent.type !== "directory") {
        return refused(source, below, `is below ${at.slice(1)}, which is no directory`);
      }
      if (parent !== undefined) continue;
      wanted.set(at.slice(1), { type: "directory", mode: 0o755 });
      if (wanted.size > most) return tooManyParents(source, maxEntries);
    }
  }
  return ok(new Map([...wanted].sort(([a], [b]) => a < b ? -1 : 1)));
}

/** A few deep names would become more directories than there is memory for. */
function tooManyParents(source: string, maxEntries: number): Result<never> {
  return fail(`${source} is not unpacked: its names have more than ${maxEntries} directories`, {
    code: "too-many",
    hint: "look at what is in it, or raise max_entries",
  });
}

function refused(source: string, below: string, why: string): Result<never> {
  return fail(`${source} is not unpacked: its entry ${below} ${why}`, { code: "archive-entry" });
}
