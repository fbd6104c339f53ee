/**
 * What the agent of the cluster has to tell people, as facts: the sentences are made where things are
 * reported.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { Fill } from "../../base/store_fill.ts";
import type { LeaderAction } from "../leader/action.ts";
import type { RotationStep } from "../leader/rotation.ts";
import type { Upkeep } from "../leader/upkeep.ts";
import type { ObstacleReason } from "./obstacle.ts";
import type { ClusterPhase } from "./phase.ts";

/** A member of the store, as far as it is known. */
export interface ClusterMember {
  /** Of etcd. */
  readonly id: string;
  /** The host that runs it; of one that was added by hand the name of that member, perhaps empty. */
  readonly host: string;
  readonly clientUrls: readonly string[];
  readonly learner: boolean;
}

/**
 * How an etcd of ours has ended: no member any more, something that trying again does not mend, that
 * before it made any data, without the address that it is to have, or else.
 */
export type EtcdEnd = "removed" | "final" | "absent" | "unstarted" | "other";

/** How and why one has ended; `code`: of the failure for which it was not started. */
export interface EtcdEnding {
  readonly end: EtcdEnd;
  readonly message: string;
  readonly code?: string;
}

/** Something people or programs want to hear of, once for each change. */
export type News =
  /** How this host stands from now on; nothing of it is a sentence for people. */
  | {
    readonly what: "membership";
    readonly phase: ClusterPhase["type"];
    readonly clusterId?: string;
    /** The host that decides. */
    readonly leader?: string;
    /** As last heard, also while there is no contact. */
    readonly members: readonly ClusterMember[];
    /** Those that were not there before, and those that are not there any more. */
    readonly added?: readonly ClusterMember[];
    readonly removed?: readonly ClusterMember[];
  }
  /** In no cluster yet; `seeds`: it has some; `warns`: somebody should look. */
  | {
    readonly what: "waiting";
    readonly seeds: boolean;
    readonly why: ObstacleReason;
    readonly warns: boolean;
  }
  /** `temporary`: the cluster goes with this run. */
  | { readonly what: "founds"; readonly temporary: boolean }
  | {
    readonly what: "founding-failed";
    readonly message: string;
    readonly again: boolean;
    readonly code?: string;
  }
  /** `client`: it is said that it is one, because nobody named that cluster, or it has no address. */
  | {
    readonly what: "joined";
    readonly clusterId: string;
    readonly client: boolean;
    /** Who has the address `url` of this host. */
    readonly host?: string;
    readonly url?: string;
    /** Why this host does not have it. */
    readonly taken?: { readonly url: string; readonly failure?: Failure };
  }
  | { readonly what: "leads"; readonly revision: number }
  | { readonly what: "leads-no-longer" }
  /** Who has a token wrote what no host that wants in does: it was ended. */
  | { readonly what: "token-misused"; readonly id: string; readonly why: string }
  /** What this host does as the leader, and why. */
  | { readonly what: "decided"; readonly action: LeaderAction["type"]; readonly reason: string }
  /** The authority is replaced: what this host does for that as the leader, and why. */
  | { readonly what: "rotation"; readonly step: RotationStep["type"]; readonly reason: string }
  | { readonly what: "nominated" }
  | { readonly what: "etcd-runs"; readonly again: boolean }
  | ({ readonly what: "etcd-ended" } & EtcdEnding)
  /** It is ended and started again, because its file is mostly free room, or may be. */
  | { readonly what: "etcd-restarts"; readonly fill: Fill; readonly isCounted: boolean }
  /** The same, because all members are to run with other arguments: why. */
  | { readonly what: "etcd-rolls"; readonly reason: string }
  /** It was a learner. */
  | { readonly what: "votes" }
  | { readonly what: "member-no-more" }
  | { readonly what: "member-moved"; readonly peerUrls: readonly string[]; readonly before: string }
  | { readonly what: "member-stays"; readonly before: string; readonly reason: string }
  | { readonly what: "member-cannot-move"; readonly message: string }
  /** This host cannot run etcd; `flags`: what it should be started with. */
  | { readonly what: "no-offer"; readonly reason: string; readonly flags: readonly string[] }
  /** The etcd that was joined has not been in use for mgmt; `below`: where its keys are. */
  | { readonly what: "unused-etcd"; readonly url: string | undefined; readonly below: string }
  /** A key that no agent wrote was removed, or will be; `value` is cut. */
  | {
    readonly what: "strange-key";
    readonly key: string;
    readonly value: string;
    readonly is: "operation" | "leader" | "place";
  }
  | { readonly what: "size-unreadable"; readonly problem: string; readonly wanted: number }
  /** Hosts say different sizes of a semaphore of the fleet; the smallest counts. */
  | {
    readonly what: "sizes-differ";
    readonly semaphore: string;
    /** The election that it is; absent: none. */
    readonly election?: string;
    readonly size: number;
    readonly sizes: readonly { readonly host: string; readonly size: number }[];
  }
  /** The store fills up; full it takes nothing more. */
  | { readonly what: "store"; readonly state: "nearly-full" | "full"; readonly fill: Fill }
  | {
    readonly what: "upkeep";
    readonly action: Upkeep["type"];
    readonly reason: string;
    readonly full: boolean;
  }
  /** The store is so full that this host's own keys are not written. */
  | { readonly what: "no-space" }
  /** A copy of this host's state was started; `place`: where it runs. */
  | {
    readonly what: "copy-started";
    readonly place: string;
    readonly clientUrls: readonly string[];
    readonly hint: string;
  }
  | {
    readonly what: "contact-lost";
    readonly forMs: number;
    /** There was none at all since this agent started. */
    readonly isFirst: boolean;
    /** An etcd of this host answers: what is missing is a majority. */
    readonly etcdRuns: boolean;
  }
  | { readonly what: "contact-back"; readonly forMs: number }
  | Trouble;

/** Something is wrong that only people can mend. */
export interface Trouble {
  readonly what: "trouble";
  readonly failure: Failure;
}

/** What the keeper of this host's etcd has to tell, for instance of one that an agent before left running. */
export type EtcdNews =
  | Trouble
  | { readonly what: "etcd-adopted"; readonly pid: number }
  | { readonly what: "etcd-dropped"; readonly pid: number; readonly why: "silent" | "unwanted" };

/** What becomes of a host's part in its cluster by the orders that it gets. */
export type OrderNews =
  | Trouble
  /** How far an order has come; nothing of it is a sentence for people. */
  | {
    readonly what: "order";
    readonly order: string;
    readonly state: "working" | "done" | "refused";
  }
  /** It has left before, and stays out. */
  /** `why`: it may not come back as it is. */
  | { readonly what: "stays-out"; readonly why?: Failure }
  /** Its cluster was that of a run which has ended: it looks for another. */
  | { readonly what: "cluster-over" }
  /** It was told to come back. */
  | { readonly what: "looks-again" }
  | { readonly what: "left" }
  | { readonly what: "leave-refused"; readonly failure: Failure; readonly hasLeft: boolean };
