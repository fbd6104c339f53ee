/**
 * How this host stands with its cluster: the part of the snapshot that the cluster's events make.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import type { Writable } from "../base/writable.ts";
import type { ClusterMember } from "../cluster/agent/news.ts";
import type { ClusterPhase } from "../cluster/agent/phase.ts";
import type { ClusterEvent } from "./cluster_event.ts";

/** What this host is to its cluster's store, as far as that is known. */
export type ClusterRole = "none" | "client" | "learner" | "voter";

/** What is known of the cluster, as far as this host has a part in one. */
export interface ClusterSnapshot {
  /** Where it is on its way into its cluster and out of it; undefined: it has no part in one. */
  readonly phase: ClusterPhase["type"] | undefined;
  readonly clusterId: string | undefined;
  readonly role: ClusterRole;
  /** The host that decides; undefined: none does, as far as was heard. */
  readonly leader: string | undefined;
  /** As last heard, also while there is no contact. */
  readonly members: readonly ClusterMember[];
  /** `unknown`: the cluster has not answered in this run, and nothing was said of that yet. */
  readonly contact: "unknown" | "there" | "lost";
  /** Since when it is lost, in milliseconds since 1970. */
  readonly lostSinceMs: number | undefined;
  /** Voters that do not answer, where a majority is missing and it was found out who. */
  readonly missing: readonly ClusterMember[];
  /** Why this host has no part in its cluster. */
  readonly outcast: Failure | undefined;
  /** What this host did last as the leader, why, and when (milliseconds since 1970); undefined: it leads nobody. */
  readonly decided: { readonly reason: string; readonly atMs: number } | undefined;
  /** Other machines reach it in plain text, as the run was told. */
  readonly insecure: boolean;
}

const NOTHING: ClusterSnapshot = {
  phase: undefined,
  clusterId: undefined,
  role: "none",
  leader: undefined,
  members: [],
  contact: "unknown",
  lostSinceMs: undefined,
  missing: [],
  outcast: undefined,
  decided: undefined,
  insecure: false,
};

/** The fold of the cluster's events. */
export class ClusterState {
  readonly #snapshot: Writable<ClusterSnapshot> = { ...NOTHING };
  readonly #nowMs: () => number;

  /** `nowMs`: the time of day, in milliseconds since 1970. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Always the same object. */
  get snapshot(): ClusterSnapshot {
    return this.#snapshot;
  }

  /** Takes up what was said. */
  take(event: ClusterEvent): void {
    const now = this.#snapshot;
    switch (event.what) {
      case "membership":
        now.clusterId = event.clusterId;
        now.phase = event.phase;
        now.role = roleOf(event.phase);
        now.leader = event.leader;
        now.members = event.members;
        if (event.members.length > 0 && now.contact === "unknown") now.contact = "there";
        return;
      case "contact-lost":
        now.contact = "lost";
        now.lostSinceMs = Date.parse(event.since);
        return;
      case "contact-back":
        now.contact = "there";
        now.lostSinceMs = undefined;
        now.missing = [];
        return;
      case "majority-away":
        now.missing = event.missing;
        return;
      case "decided":
      case "rotation":
        now.decided = { reason: event.reason, atMs: this.#nowMs() };
        return;
      case "leads-no-longer":
        now.decided = undefined;
        return;
      case "exposed":
        now.insecure = event.asked;
        return;
      case "outcast":
        now.outcast = event.failure;
        return;
      case "part-ended":
        // Why it had none is for the run's last words, too.
        Object.assign(now, NOTHING, { outcast: now.outcast });
        return;
    }
  }
}

function roleOf(phase: ClusterPhase["type"]): ClusterRole {
  return phase === "client" || phase === "learner" || phase === "voter" ? phase : "none";
}
