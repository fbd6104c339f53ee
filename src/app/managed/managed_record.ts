/**
 * What the graphs of one source have had managed, as it is kept below the prefix: a line that tells
 * whether anything is new, and then all of it.
 *
 * @module
 */

import { hasKeys } from "./json_keys.ts";
import type { Remains } from "../../kind/remains.ts";
import { stateName } from "../../os/state/state_directory.ts";

/** Something that a graph has managed. */
export interface ManagedEntry {
  readonly kind: string;
  readonly name: string;
  /** What the resource is about, as its kind says it: a path, the name of a unit. */
  readonly identity: string;
  readonly remains: Remains;
  /** Since when it has been in the graph, in ISO 8601. */
  readonly since: string;
  /** Where it stood when the record was written. */
  readonly file?: string;
  readonly line?: number;
  /** The host that it was collected from. */
  readonly host?: string;
}

/** One that is in the graph no more. */
export interface LeftEntry extends ManagedEntry {
  /** When that was noticed. */
  readonly left: string;
}

/** All of one source. */
export interface ManagedRecord {
  /** The graph file or directory, absolute; `- (NAME)` for one called NAME from the standard input. */
  readonly source: string;
  /** When it was written. */
  readonly at: string;
  /** What the last graph has, but for what leaves nothing behind. */
  readonly entries: readonly ManagedEntry[];
  readonly orphans: readonly LeftEntry[];
}

/** Says whether a record is still true, without its being taken apart. */
export interface RecordStamp {
  /** Of what is written. */
  readonly written: string;
  /** Of what is collected; empty: not all of that was known. */
  readonly collected: string;
}

const FORMAT = "mgmt-managed-1";

/** Where records are, below a prefix. */
export function managedDirectory(prefix: string): string {
  return `${prefix}/managed`;
}

/** The name of a source's record. */
export function recordName(source: string): string {
  return `${stateName(source)}.json`;
}

/** What tells two things apart. */
export function thingOf({ kind, identity }: Pick<ManagedEntry, "kind" | "identity">): string {
  return JSON.stringify([kind, identity]);
}

/** A record as text. */
export function recordText(record: ManagedRecord, { written, collected }: RecordStamp): string {
  return `${FORMAT} ${written} ${collected}\n${JSON.stringify(record)}\n`;
}

/** The first line of a record; undefined: it is none. */
export function stampOf(text: string): RecordStamp | undefined {
  const [format, written, collected] = text.slice(0, Math.max(0, text.indexOf("\n"))).split(" ");
  if (format !== FORMAT || written === undefined || collected === undefined) return undefined;
  return { written, collected };
}

/** A record from its text; undefined: it is none. */
export function parseRecord(text: string): ManagedRecord | undefined {
  if (stampOf(text) === undefined) return undefined;
  try {
    const record = JSON.parse(text.slice(text.indexOf("\n"))) as ManagedRecord;
    const isRecord = hasKeys(record, ["source", "at"]) && record.entries.every(isEntry) &&
      record.orphans.every((entry) => isEntry(entry) && hasKeys(entry, ["left"]));
    return isRecord ? record : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(entry: ManagedEntry): boolean {
  return hasKeys(entry, ["kind", "name", "identity", "since"]) && hasKeys(entry.remains, ["at"]);
}
