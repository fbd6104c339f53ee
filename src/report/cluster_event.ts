/**
 * What is to be heard of this host's part in a cluster, as facts; `cluster_text.ts` has the sentences.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";

/** What this host is to its cluster's store. */
export type ClusterRole = "none" | "client" | "learner" | "voter";

/** A member of the store, as far as it is known. */
export interface ClusterMember {
  /** Of etcd. */
  readonly id: string;
  /** The host that runs it; of one that was added by hand the name of that member, perhaps empty. */
  readonly host: string;
  readonly clientUrls: readonly string[];
  readonly learner: boolean;
}

/** What happened; times are in ISO 8601. */
export type ClusterFact =
  /** How things are from now on; said without a sentence whenever something of it is different. */
  | {
    readonly what: "membership";
    readonly clusterId?: string | undefined;
    readonly role: ClusterRole;
    /** The host that decides. */
    readonly leader?: string | undefined;
    /** As last heard, also while there is no contact. */
    readonly members: readonly ClusterMember[];
  }
  /** No contact since then; `isFirst`: none at all since the start. */
  | {
    readonly what: "contact-lost";
    readonly since: string;
    readonly forMs: number;
    readonly isFirst: boolean;
    /** An etcd of this host answers: what is missing is a majority. */
    readonly etcdRuns: boolean;
  }
  | { readonly what: "contact-back"; readonly forMs: number }
  /** Which voters do not answer where a majority is missing. */
  | {
    readonly what: "majority-away";
    readonly missing: readonly ClusterMember[];
    readonly voters: number;
    readonly needed: number;
  }
  /** Why this host has no part in its cluster; without a failure it has (again). */
  | { readonly what: "outcast"; readonly failure?: Failure | undefined }
  /** This host has ended its part by itself: it left, or stops. */
  | { readonly what: "part-ended" };

/** An event of the cluster. */
export type ClusterEvent = { readonly type: "cluster" } & ClusterFact;
