/**
 * What was managed once below a prefix, and is managed no more.
 *
 * @module
 */

import { compareTexts } from "../../base/compare.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { count } from "../../base/words.ts";
import type { Host } from "../../host/host.ts";
import { keyOf } from "../../kind/resource.ts";
import { type StateDirectory, stateDirectory } from "../../os/state/state_directory.ts";
import { hasKeys } from "./json_keys.ts";
import {
  type LeftEntry,
  managedDirectory,
  type ManagedRecord,
  parseRecord,
  thingOf,
} from "./managed_record.ts";

/** Something that is managed no more. */
export interface Orphan extends LeftEntry {
  readonly key: string;
  /** Whose graph it was in: a file or a directory, or `- (NAME)`. */
  readonly source: string;
  /** The source is gone as a whole, and when it went nobody knows. */
  readonly sourceIsGone: boolean;
}

/** Something that nobody wants to hear of. */
interface ForgottenOrphan {
  readonly source: string;
  readonly thing: string;
  readonly left: string;
}

/** Written by nobody but who forgets, so that an agent that runs is in nobody's way. */
const FORGOTTEN = "orphans.json";

/** What can be said about a prefix. */
interface KnownOrphans {
  /** Where is kept what is forgotten. */
  readonly directory: StateDirectory;
  readonly orphans: readonly Orphan[];
  /** Of those that are still orphans. */
  readonly forgotten: readonly ForgottenOrphan[];
  /** Whether there is any record. */
  readonly isKnown: boolean;
  /** Records that cannot be read. */
  readonly spoiled: readonly string[];
}

/** Lists them, those first that left first; also names of records that cannot be read. */
export async function findOrphans(
  prefix: string,
  host: Pick<Host, "files">,
): Promise<Result<Pick<KnownOrphans, "orphans" | "isKnown" | "spoiled">>> {
  return await knownOrphans(prefix, host);
}

/** Forgets those with these keys or identities, or all; the result says how many. */
export async function forgetOrphans(
  prefix: string,
  which: readonly string[] | "all",
  host: Pick<Host, "files">,
): Promise<Result<string>> {
  const known = await knownOrphans(prefix, host);
  if (!known.ok) return known;
  const { orphans, forgotten, directory } = known.value;
  const isMeant = ({ key, identity }: Orphan, word: string) => word === key || word === identity;
  if (which !== "all") {
    const unknown = which.find((word) => !orphans.some((orphan) => isMeant(orphan, word)));
    if (unknown !== undefined) {
      return fail(`there is no orphan ${unknown}`, { hint: "mgmt orphans lists them" });
    }
  }
  const gone = orphans.filter((orphan) =>
    which === "all" || which.some((word) => isMeant(orphan, word))
  );
  if (gone.length === 0) return ok("there is nothing to forget");
  const all = [...forgotten, ...gone.map(forgottenOf)];
  const written = directory.write(FORGOTTEN, `${JSON.stringify(all)}\n`, String(gone.length));
  return written.ok ? ok(`${count(gone.length, "orphan")} forgotten`) : written;
}

async function knownOrphans(
  prefix: string,
  { files }: Pick<Host, "files">,
): Promise<Result<KnownOrphans>> {
  const directory = stateDirectory(`${prefix}/forgotten`);
  const kept = stateDirectory(managedDirectory(prefix));
  const texts = kept.readAll();
  if (!texts.ok) return texts;
  const records: { record: ManagedRecord; isGone: boolean }[] = [];
  const spoiled: string[] = [];
  for (const [name, text] of texts.value) {
    const record = parseRecord(text);
    if (record === undefined) spoiled.push(`${kept.path}/${name}`);
    else records.push({ record, isGone: await isGone(record.source, files) });
  }
  const managed = new Set(
    records.filter(({ isGone }) => !isGone)
      .flatMap(({ record: { entries } }) => entries.map(thingOf)),
  );
  const found = new Map<string, Orphan>();
  for (const { record, isGone } of records) {
    for (const orphan of orphansOf(record, isGone)) {
      const thing = thingOf(orphan);
      const other = found.get(thing);
      const isLater = other === undefined || compareTexts(other.left, orphan.left) < 0;
      if (!managed.has(thing) && isLater) found.set(thing, orphan);
    }
  }
  const said = new Set(parseForgotten(directory.read(FORGOTTEN)).map((each) => textOf(each)));
  const all = [...found.values()].map((orphan) => ({ orphan, text: textOf(forgottenOf(orphan)) }));
  return ok({
    directory,
    orphans: all.filter(({ text }) => !said.has(text)).map(({ orphan }) => orphan)
      .sort((a, b) => compareTexts(a.left, b.left) || compareTexts(a.key, b.key)),
    forgotten: all.filter(({ text }) => said.has(text)).map(({ orphan }) => forgottenOf(orphan)),
    isKnown: texts.value.size > 0,
    spoiled,
  });
}

/** Only what surely is not there is gone. */
async function isGone(source: string, files: Host["files"]): Promise<boolean> {
  if (!source.startsWith("/")) return false;
  const seen = await files.look(source);
  return seen.ok && seen.value.type === "absent";
}

function orphansOf(record: ManagedRecord, sourceIsGone: boolean): Orphan[] {
  const { source, at } = record;
  const last = sourceIsGone ? record.entries.map((entry) => ({ ...entry, left: at })) : [];
  return [
    ...record.orphans.map((entry) => orphanOf(entry, source, false)),
    ...last.map((entry) => orphanOf(entry, source, true)),
  ];
}

function orphanOf(entry: LeftEntry, source: string, sourceIsGone: boolean): Orphan {
  return { ...entry, key: keyOf(entry.kind, entry.name), source, sourceIsGone };
}

function forgottenOf({ source, left, ...entry }: Orphan): ForgottenOrphan {
  return { source, thing: thingOf(entry), left };
}

function textOf({ source, thing, left }: ForgottenOrphan): string {
  return JSON.stringify([source, thing, left]);
}

function parseForgotten(text: string | undefined): readonly ForgottenOrphan[] {
  try {
    const list = JSON.parse(text ?? "[]") as ForgottenOrphan[];
    return list.filter((each) => hasKeys(each, ["source", "thing", "left"]));
  } catch {
    return [];
  }
}
