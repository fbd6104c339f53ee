/**
 * Where a host is on its way into a cluster and out of it, as one word with what belongs to it.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { ObstacleReason } from "./obstacle.ts";
import type { Member } from "../store/store.ts";

/** The phase of a host; the drawing in `agent.ts` shows the ways between them. */
export type ClusterPhase =
  /** It is in no cluster; `waitsFor`: why not, as far as that is known. */
  | { readonly type: "looking"; readonly waitsFor: ObstacleReason | undefined }
  /** Its cluster does not have its name, or not any more. */
  | { readonly type: "joining" }
  /** It takes part, and runs no etcd. */
  | { readonly type: "client" }
  /**
   * It has the etcd of that name. `founding`: which makes a cluster, whose id is not known yet.
   * `returning`: of which its cluster has said nothing since the agent started. `leaving`: which is no
   * member any more and ends, before its data is put aside.
   */
  | {
    readonly type: "founding" | "returning" | "learner" | "voter" | "leaving";
    readonly member: string;
  }
  /** It has no part in its cluster: its name is another's, or its state is a copy. */
  | { readonly type: "outcast"; readonly why: Failure }
  /** It was told to stop; membership and data stay. */
  | { readonly type: "stopped" };

/** What the parts of the agent know. */
export interface PhaseFacts {
  /** Of what is kept below the prefix. */
  readonly disk: {
    readonly clusterId?: string;
    readonly member?: { readonly name: string; readonly memberId?: string };
  };
  readonly waitsFor: ObstacleReason | undefined;
  readonly registered: boolean;
  readonly outcast: Failure | undefined;
  /** The members as last heard. */
  readonly members: readonly Member[] | undefined;
  /** Its etcd is being ended, because it is no member any more. */
  readonly isLeaving: boolean;
  readonly hasStopped: boolean;
}

/** Names the phase that a host is in. */
export function phaseOf(facts: PhaseFacts): ClusterPhase {
  const { disk: { clusterId, member }, outcast, waitsFor } = facts;
  if (facts.hasStopped) return { type: "stopped" };
  if (outcast !== undefined) return { type: "outcast", why: outcast };
  if (member !== undefined) {
    const { name } = member;
    return { type: clusterId === undefined ? "founding" : memberPhase(facts), member: name };
  }
  if (clusterId === undefined) return { type: "looking", waitsFor };
  return { type: facts.registered ? "client" : "joining" };
}

function memberPhase({ disk: { member }, members, isLeaving }: PhaseFacts) {
  if (isLeaving) return "leaving";
  const listed = members?.find(({ id }) => id === member?.memberId);
  if (listed === undefined) return "returning";
  return listed.learner ? "learner" : "voter";
}
