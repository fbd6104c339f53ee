/**
 * A machine of the simulation: its disk, its agent, its etcd process, and how each can fail.
 *
 * @module
 */

import type { ClusterAgent } from "../../src/cluster/agent/agent.ts";
import type {
  AgentDisk,
  AgentSettings,
  ClusterAgentEvent,
  MemberStart,
} from "../../src/cluster/agent/io.ts";
import type {
  HostOrder,
  OrderFollower,
  PartListener,
} from "../../src/cluster/admin/order_follower.ts";
import type { KeyRange } from "../../src/cluster/store/keys.ts";
import type { SiteRecord } from "../../src/cluster/store/records.ts";
import type { EtcdModel } from "./etcd.ts";
import { ROOT } from "./model_rights.ts";
import type { SimPart } from "./program.ts";

/** A data directory. */
export interface DataDirectory {
  readonly cluster: EtcdModel;
  readonly memberId: string;
}

/** A running etcd. */
export interface Process {
  readonly name: string;
  readonly wish: MemberStart;
  data: DataDirectory | undefined;
  /** The agent has heard that it answers. */
  announced: boolean;
  /** The authorities that it read when it started. */
  readonly believes: readonly string[];
}

/** A watch of an agent. */
export interface SimWatch {
  readonly id: number;
  readonly range: KeyRange;
  readonly server: Machine;
  readonly cluster: EtcdModel;
  next: number;
  stalledSince: number | undefined;
}

/** Whoever asks a cluster. */
export interface StoreClient {
  readonly endpoints: readonly string[];
  readonly clusterId: string | undefined;
  /** Which of the endpoints is asked first. */
  cursor: number;
}

/** What a machine is. */
export class Machine implements StoreClient {
  readonly index: number;
  settings: AgentSettings;
  disk: AgentDisk;
  readonly directories = new Map<string, DataDirectory>();
  powered = true;
  /** What runs, follows the operator's orders and has a part in a cluster or not. */
  program: OrderFollower<SimPart> | undefined;
  /** Counts starts of the program: what was meant for an earlier one is lost. */
  run = 0;
  /** The order in force, on the disk. */
  order: HostOrder | undefined;
  /** How many there were. */
  orders = 0;
  /** What was said of it last. */
  said = "";
  /** The core of its part in a cluster. */
  agent: ClusterAgent | undefined;
  listener: PartListener | undefined;
  /** The part is being stopped, which ends its etcd last. */
  stops = false;
  /** What its agent was told last: to offer itself, or not. */
  offersTo = true;
  /** Counts the parts that it has had: what was meant for an earlier one is lost. */
  life = 0;
  agentPaused = false;
  /** Its agent was stopped for a while since it started. */
  hasPaused = false;
  etcdPaused = false;
  /** Its etcd never starts. */
  broken = false;
  process: Process | undefined;
  wish: MemberStart | undefined;
  servesHello = false;
  endpoints: readonly string[] = [];
  clusterId: string | undefined;
  cursor = 0;
  wakeToken = 0;
  readonly watches = new Map<number, SimWatch>();
  readonly inbox: ClusterAgentEvent[] = [];
  /** What came for the program while it was stopped. */
  readonly held: (() => void)[] = [];
  /** How many its agents have made. */
  calls = 0;
  /** After so many calls its agent stops, or dies. */
  callsLeft: { count: number; then: () => void } | undefined;
  /** New with every boot. */
  bootId: string;
  /** That of the machine, or of a container on it, where process numbers begin anew. */
  pidNamespace = "machine";
  /** Its disk was copied, or is a copy. */
  copied = false;
  /** The fence of its last leadership, and calls that came late under it. */
  fence = 0;
  /** The member that it had defragmented last. */
  defragments: string | undefined;

  readonly #clock: { readonly offsetMs: number; readonly rate: number };

  constructor(
    index: number,
    settings: AgentSettings,
    id: string,
    clock: { readonly offsetMs: number; readonly rate: number },
  ) {
    this.index = index;
    this.settings = settings;
    this.#clock = clock;
    this.disk = { id, endpoints: [] };
    this.bootId = id;
  }

  /** Where its agent runs now. */
  get site(): SiteRecord {
    return {
      bootId: this.bootId,
      pidNamespace: this.pidNamespace,
      pid: this.pidNamespace === "machine" ? this.index : 1,
      startTime: this.run,
      prefix: String(this.index),
      path: `/m${this.index}`,
    };
  }

  /** That moment by this machine's own clock, and the way back. */
  clockAt(now: number): number {
    return this.#clock.offsetMs + now * this.#clock.rate;
  }

  momentOf(clock: number): number {
    return (clock - this.#clock.offsetMs) / this.#clock.rate;
  }

  /** What it shows of itself where clusters have rights. */
  get user(): string {
    return this.settings.server ? ROOT : this.disk.id;
  }

  /** Nobody listens to it: it has no certificate of the cluster's. */
  isStranger = false;

  /** Its operator lets it run etcd. */
  get offers(): boolean {
    const { volunteer = true, leave = false } = this.order ?? {};
    return this.settings.volunteer && volunteer && !leave;
  }

  /** It has left, and is to stay out. */
  get isOut(): boolean {
    return this.order?.left === true;
  }

  get clientUrl(): string {
    return this.settings.clientUrls[0]!;
  }

  get peerUrl(): string {
    return this.settings.peerUrls[0]!;
  }

  /** The member that runs here now. */
  get running(): DataDirectory | undefined {
    return this.powered && !this.etcdPaused ? this.process?.data : undefined;
  }

  toString(): string {
    return `${this.settings.host}@${this.index}`;
  }
}
