import type { Snapshot } from "../state.ts";
import type { RunTotals } from "./totals.ts";

/** What an agent's metrics are made of; what is absent is not known, or not there. */
export interface MetricsSource {
  readonly snapshot: Snapshot;
  readonly totals: RunTotals;
  /** In milliseconds since 1970. */
  readonly nowMs: number;
  /** What hangs, as a sentence. */
  readonly stuck?: string | undefined;
  /** Holds in force; that of all resources counts as one. */
  readonly holds: number;
  readonly journal?: JournalFigures | undefined;
  /** What the graph in force exports, and what of it came from other hosts. */
  readonly exchange: { readonly exported: number; readonly collected: number };
  readonly store?: StoreFigures | undefined;
  /** Who reads events along, and what they missed. */
  readonly events?: { readonly readers: number; readonly dropped: number } | undefined;
}

/** How it is with a journal. */
export interface JournalFigures {
  /** Absent: it is not open. */
  readonly entries?: number;
  readonly bytes?: number;
  readonly limitBytes: number;
  /** Entries of this run that were never written. */
  readonly lost: number;
}

/** How it is with the etcd that this host runs. */
export interface StoreFigures {
  readonly databaseBytes: number;
  readonly inUseBytes: number;
  /** The size from which on it takes nothing more; 0: it does not say. */
  readonly quotaBytes: number;
  /** What it knows to be decided and has not done yet, in entries. */
  readonly lag: number;
}
