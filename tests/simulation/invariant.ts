/**
 * What an invariant is, and what it is told.
 *
 * @module
 */

import type { StoreCall } from "../../src/cluster/agent/calls.ts";
import type { StoreTransaction } from "../../src/cluster/store/store.ts";
import type { EtcdModel, Peer } from "./etcd.ts";
import type { Job } from "./fleet_work.ts";
import type { DataDirectory, Machine } from "./machine.ts";
import type { World } from "./world.ts";

/** Something that happened in the world. */
export type SimEvent =
  | { readonly type: "tick" }
  | { readonly type: "founded"; readonly machine: Machine; readonly cluster: EtcdModel }
  /** A call that changes members has come to etcd. */
  | {
    readonly type: "landed";
    readonly machine: Machine;
    readonly cluster: EtcdModel;
    readonly call: StoreCall;
    /** The members before it. */
    readonly before: readonly Peer[];
    readonly worked: boolean;
    /** Its caller had given it up before, and does not know of it. */
    readonly late: boolean;
  }
  /** An agent's own call has come to etcd. */
  | { readonly type: "asked"; readonly machine: Machine; readonly call: StoreCall }
  | {
    readonly type: "written";
    readonly machine: Machine;
    readonly cluster: EtcdModel;
    readonly transaction: StoreTransaction;
  }
  /** A member begins to give free room back. */
  | {
    readonly type: "defragments";
    readonly machine: Machine;
    readonly cluster: EtcdModel;
    readonly memberId: string;
  }
  /** Its own host ends the etcd of a member that runs. */
  | {
    readonly type: "ended-by-host";
    readonly machine: Machine;
    readonly cluster: EtcdModel;
    readonly memberId: string;
  }
  /** Something is begun under a place in a semaphore of the fleet. */
  | { readonly type: "works"; readonly job: Job }
  /** A member's address was changed. */
  | { readonly type: "moved"; readonly machine: Machine; readonly memberId: string }
  | { readonly type: "aside"; readonly machine: Machine; readonly directory: DataDirectory }
  /** The last host of a cluster leaves, and puts its data aside. */
  | { readonly type: "ended"; readonly machine: Machine; readonly directory: DataDirectory }
  /** The order to leave was refused, and what follows of that is done. */
  | { readonly type: "refused"; readonly machine: Machine }
  /** A host has obeyed the order to leave. */
  | { readonly type: "left"; readonly machine: Machine }
  | { readonly type: "lost-writes"; readonly cluster: EtcdModel; readonly text: string }
  /** An operator wants another size, or a host offers itself or not. */
  | { readonly type: "wished" }
  /** Faults have stopped, and the time in which all must be well is over. */
  | { readonly type: "end" };

/** Something that always holds. */
export interface Invariant {
  readonly name: string;
  /** Says what does not hold. */
  see?(event: SimEvent, world: World): string | undefined;
}
