/**
 * Comparing what is there with what the archive says.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import { yielderOf } from "../../base/yielder.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import type { Attributes, Sight, Stat } from "../../os/files/files.ts";
import { attributeDrift, wantedOf, type WantedOwnership } from "../shared/files/attributes.ts";
import type { KnownSums } from "../shared/files/known_sums.ts";
import { joinPath } from "../shared/files/path.ts";
import { lookAtSource } from "../shared/files/source.ts";
import { type ArchiveWish, listArchive, type Listing } from "./listing.ts";
import type { ArchiveParams } from "./params.ts";

/** One entry that is missing or another. */
export interface EntryChange {
  readonly below: string;
  readonly wanted: ArchiveWish;
  readonly seen: Sight;
  /** Given: only these are another. */
  readonly attributes?: Attributes;
}

/** What has to be done. */
export interface ArchivePlan {
  /** Where the archive is, its links followed, and what it was. */
  readonly archive: string;
  readonly version: Stat | undefined;
  readonly listing: Listing;
  readonly ownership: WantedOwnership;
  readonly root: Sight;
  /** All of it is unpacked beside and put there at once. */
  readonly whole: boolean;
  readonly changes: readonly EntryChange[];
}

/** What an archive remembers between passes. */
export interface ArchiveMemory {
  readonly sums: KnownSums;
  /** The last reading, and of what. */
  read?: { readonly version: Stat; readonly listing: Listing };
}

/** What an archive may use while it is worked on. */
export type ArchiveContext = KindContext<ArchiveMemory>;

/** Finds what has to change now; undefined: nothing. */
export async function checkArchive(
  params: ArchiveParams,
  context: ArchiveContext,
): Promise<Drift<ArchivePlan> | Failure | undefined> {
  const { path, source } = params;
  const { host: { files }, signal, comes } = context;
  const ownership = await wantedOf(params, context);
  if (!ownership.ok) return ownership.failure;
  const root = await files.look(path, { signal });
  if (!root.ok) return root.failure;
  const found = await lookAtSource(source, context);
  if (!found.ok) return found.failure;
  const base = { ownership: ownership.value, root: root.value };
  const { path: archive, sight } = found.value;
  if (sight.type === "absent" && comes(source)) {
    const nothing = { archive, version: undefined, listing: new Map(), changes: [] };
    return drift(`${source} is not there yet`, { ...base, ...nothing, whole: true }, {
      unknown: {
        why: `what is in ${source} is not known yet`,
        isDue: root.value.type === "absent",
      },
    });
  }
  if (sight.type !== "file") return noArchive(source, sight);
  if (root.value.type !== "absent" && root.value.type !== "directory") {
    return wrongType(path, "no directory");
  }
  const listing = await listed(archive, sight.stat, params, context);
  if (!listing.ok) return listing.failure;
  const more = { archive, version: sight.stat, listing: listing.value };
  const isEmpty = await isNew(path, root.value, context);
  if (!isEmpty.ok) return isEmpty.failure;
  if (isEmpty.value) {
    if (root.value.type === "directory" && listing.value.size === 0) return undefined;
    const plan = { ...base, ...more, whole: true, changes: [] };
    return drift(`${path} ${root.value.type === "absent" ? "does not exist" : "is empty"}`, plan);
  }
  const changes = await compare(params, base, listing.value, context);
  if (!changes.ok) return changes.failure;
  if (changes.value.length === 0) return undefined;
  return drift(reasonOf(changes.value), { ...base, ...more, whole: false, changes: changes.value });
}

function noArchive(source: string, sight: Sight): Failure {
  const why = sight.type === "absent" ? "does not exist" : "is no file";
  return failure(`the source ${source} ${why}`, {
    code: "source",
    needs: [source],
    hint: "a relative source is looked for beside the graph file; a download brings it",
  });
}

async function listed(
  archive: string,
  version: Stat,
  params: ArchiveParams,
  context: ArchiveContext,
): Promise<Result<Listing>> {
  const { memory } = context;
  if (memory.read !== undefined && isSame(memory.read.version, version)) {
    return ok(memory.read.listing);
  }
  delete memory.read;
  const listing = await listArchive(archive, params, context);
  if (listing.ok) memory.read = { version, listing: listing.value };
  return listing;
}

/** Whether it is the same archive as was read. */
export function isSame(a: Stat, b: Stat): boolean {
  return a.inode === b.inode && a.device === b.device && a.size === b.size &&
    a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;
}

/** Where nothing is yet, all can come at once. */
async function isNew(path: string, root: Sight, context: ArchiveContext): Promise<Result<boolean>> {
  if (root.type === "absent") return ok(true);
  const { host: { files }, signal } = context;
  const list = await files.list(path, signal);
  if (!list.ok) return list;
  return ok(list.value.entries.length + list.value.unnameable.length === 0);
}

async function compare(
  { path }: ArchiveParams,
  { ownership, root }: Pick<ArchivePlan, "ownership" | "root">,
  listing: Listing,
  context: ArchiveContext,
): Promise<Result<readonly EntryChange[]>> {
  const changes: EntryChange[] = [];
  if (root.type === "directory") {
    const { attributes, words } = attributeDrift(ownership, root.stat);
    const wanted: ArchiveWish = { type: "directory", mode: root.stat.mode };
    if (words.length > 0) changes.push({ below: "", wanted, seen: root, attributes });
  }
  for (const [below, wanted] of listing) {
    await yielderOf(context.host.clock).yieldTurn();
    const at = joinPath(path, below);
    const isOthers = context.claims(at).some(({ says }) => says !== "presence");
    const seen = await context.host.files.look(at, { signal: context.signal });
    if (!seen.ok) return seen;
    if (isOthers && seen.value.type !== "absent") continue;
    const change = await entryChange(at, { below, wanted, seen: seen.value }, ownership, context);
    if (!change.ok) return change;
    if (change.value !== undefined) changes.push(change.value);
  }
  return ok(changes);
}

async function entryChange(
  path: string,
  change: EntryChange,
  ownership: WantedOwnership,
  context: ArchiveContext,
): Promise<Result<EntryChange | undefined>> {
  const { wanted, seen } = change;
  if (seen.type === "absent") return ok(change);
  if (seen.type === "other" || (seen.type === "directory") !== (wanted.type === "directory")) {
    return { ok: false, failure: wrongType(path, `no ${wanted.type}`) };
  }
  if (seen.type === "symlink" || wanted.type === "symlink") {
    const isRight = seen.type === "symlink" && wanted.type === "symlink" &&
      seen.target === wanted.target;
    return ok(isRight ? undefined : change);
  }
  if (seen.type === "file" && wanted.type === "file") {
    const sum = await context.memory.sums.of(path, seen, context);
    if (!sum.ok) return sum;
    if (sum.value !== wanted.sha256) return ok(change);
  }
  const mode = { type: "octal" as const, bits: wanted.mode };
  const { attributes, words } = attributeDrift({ ...ownership, mode }, seen.stat);
  return ok(words.length === 0 ? undefined : { ...change, attributes });
}

function wrongType(path: string, what: string): Failure {
  return failure(`${path} is ${what}`, { code: "wrong-type", hint: "move it away" });
}

const NAMED = 3;

function reasonOf(changes: readonly EntryChange[]): string {
  const named = changes.slice(0, NAMED).map(({ below, seen, attributes }) => {
    const name = below === "" ? "the directory" : below;
    if (seen.type === "absent") return `${name} is missing`;
    return attributes === undefined ? `${name} differs` : `${name} has another owner or mode`;
  });
  const rest = changes.length - named.length;
  return [...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join(", ");
}
