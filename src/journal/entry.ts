/**
 * What the journal holds: one entry for each action, and for what happened to a run as a whole.
 *
 * @module
 */

import type { Cause } from "../engine/cause.ts";
import type { Hold } from "../engine/hold.ts";
import type { UndoRecord } from "../engine/event.ts";

/** What may have become of an action on a resource. */
export const ACTION_TYPES = [
  "changed",
  "refreshed",
  "would-change",
  "failed",
  "aborted",
  "contested",
  "held",
  "hold-ended",
  "refresh-dropped",
  "undone",
] as const;

/** What an entry tells of: an action on a resource, or the run around it. */
export type EntryType =
  | (typeof ACTION_TYPES)[number]
  | "start"
  | "stop"
  | "graph"
  | "refused"
  | "last-good"
  | "good-again"
  | "cluster"
  | "lost";

/** Those that changed something, and those that say that something went wrong. */
export const CHANGES: readonly EntryType[] = ["changed", "refreshed", "undone"];
export const FAILURES: readonly EntryType[] = ["failed", "aborted", "contested", "refused"];

/** What is known of an entry; what does not apply is absent. */
export interface EntryDetail {
  /** What was against what should be; of a refresh, what it did. */
  readonly reason?: string;
  readonly causes?: readonly Cause[];
  /** Keys of the resources that asked for a refresh. */
  readonly askedBy?: readonly string[];
  readonly tookMs?: number;
  /** How long each step took, in milliseconds. */
  readonly steps?: Readonly<Record<string, number>>;
  /** Lines for a reader; of what not everybody may read only sizes and hashes. */
  readonly difference?: readonly string[];
  /** What it takes to take it back; absent: that cannot be done. */
  readonly undo?: UndoRecord;
  /** Of what an operator took back: the numbers of those changes, who he is, and whether the end is unknown. */
  readonly undoes?: readonly number[];
  readonly author?: string;
  readonly unfinished?: true;
  /** How much a command printed; never what. */
  readonly output?: { readonly lines: number; readonly bytes: number };
  readonly failure?: { readonly message: string; readonly code?: string; readonly hint?: string };
  readonly retryMs?: number;
  readonly pauseMs?: number;
  /** The operator's word that it is left as it is. */
  readonly hold?: Hold;
  /** Nothing was done, because of noop. */
  readonly noop?: true;
  /** It changed nothing outside of the program: a timer's tick. */
  readonly worldless?: true;
  /** Where the resource is written: `FILE:LINE:COLUMN`. */
  readonly place?: string;
  /** The path of the file that the resource decides, where that is not its name. */
  readonly path?: string;
  /** Of what happened to a run. */
  readonly text?: string;
  readonly version?: string;
  readonly file?: string;
  readonly exitCode?: number;
  readonly graph?: GraphChange;
  /** What of the cluster is told. */
  readonly what?: string;
  /** How many entries were lost, because they could not be written. */
  readonly count?: number;
}

/** A graph that came into force, and what became different; names are cut to a few. */
export interface GraphChange {
  readonly name: string;
  readonly vertices: number;
  readonly edges: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly addedKeys?: readonly string[];
  readonly changedKeys?: readonly string[];
  readonly removedKeys?: readonly string[];
}

/** An entry as it was read. */
export interface RecordedEntry extends EntryDetail {
  /** Its number; later ones are greater, whatever the clock said. */
  readonly id: number;
  /** When, in milliseconds since 1970. */
  readonly atMs: number;
  readonly type: EntryType;
  /** The number of the entry that says how its run began. */
  readonly run: number | undefined;
  /** The resource that it is about. */
  readonly key?: string;
  /** How often it happened in a row, and when last; absent: once. */
  readonly times?: number;
  readonly lastMs?: number;
}

/** An entry that is to be written, and goes on being added to while the same happens again. */
export class NewEntry {
  /** Its number, once it is written. */
  id: number | undefined = undefined;
  times = 1;
  lastMs: number;
  /** False: it is worth nothing without others. */
  readonly isNews: boolean;
  /** Finds out the rest of the detail, before it is written: what takes long must not delay a repair. */
  completes: (() => void | Promise<void>) | undefined = undefined;

  constructor(
    readonly type: EntryType,
    readonly atMs: number,
    readonly key: string | undefined,
    public detail: EntryDetail,
    how: { readonly isNews: boolean } = { isNews: true },
  ) {
    this.lastMs = atMs;
    this.isNews = how.isNews;
  }
}
