/**
 * What the page knows of an agent: the shapes that views show. What comes over the wire is read into them once.
 *
 * @module
 */

import type { HeldResource } from "../../../control/holds.ts";
import type { VertexState } from "../../../engine/vertex.ts";
import type { RecordedEntry } from "../../../journal/entry.ts";
import type { ClusterSnapshot } from "../../../report/cluster_state.ts";

/** A resource; another object whenever something of it is different. */
export interface ShownResource {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  /** Which path it is about, where its name does not say so. */
  readonly path?: string | undefined;
  readonly state: VertexState;
  /** Since when, in milliseconds since 1970. */
  readonly sinceMs: number;
  readonly reason?: string | undefined;
  /** What went wrong, while its state says that something did. */
  readonly failure?: string | undefined;
  readonly blockedBy?: string | undefined;
  /** It is looked at for the first time, changed or refreshed since then, in milliseconds since 1970. */
  readonly worksSinceMs?: number | undefined;
  /** How far that is, in words. */
  readonly progress?: string | undefined;
  /** Where it is written: `FILE:LINE`. */
  readonly place?: string | undefined;
}

/** How an edge came to be: written, with a refresh, or found by mgmt. */
export type EdgeKind = "requires" | "notifies" | "auto";

/** One resource that comes before another, by their keys. */
export interface ShownEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
}

/** The graph in force. */
export interface PageGraph {
  readonly name: string;
  readonly resources: readonly ShownResource[];
  readonly edges: readonly ShownEdge[];
}

/** What the host gives to others of its cluster and takes of them, as counts of resources. */
export interface ShownExchange {
  readonly exported: number;
  readonly collected: number;
  /** Of how many hosts, and of those that give most how much. */
  readonly hosts: number;
  readonly from: readonly { readonly host: string; readonly resources: number }[];
}

/** How the agent is as a whole; what an older one does not say is absent. */
export interface ShownStatus {
  readonly version?: string;
  readonly file?: string;
  readonly phase?: string;
  readonly startedAtMs?: number;
  readonly refused?: boolean;
  readonly lastGoodOf?: string;
  readonly settled?: boolean;
  readonly held: readonly HeldResource[];
  readonly cluster?: Partial<ClusterSnapshot>;
  readonly exchange?: ShownExchange;
}

/** What happened, as the journal has it; what was heard live has a number below zero. */
export type ShownEntry = Omit<RecordedEntry, "run">;

/** How the page stands with the agent. */
export type Contact =
  /** Nothing has answered yet. */
  | { readonly is: "connecting" }
  | { readonly is: "live" }
  /** What is shown is of then; `why`: in words. */
  | { readonly is: "lost"; readonly sinceMs: number; readonly why: string }
  /** The cookie counts no more: only a new link helps. */
  | { readonly is: "over" };
