import type { Address } from "../../base/address.ts";
import type { Credentials, MemberCredentials } from "../../base/credentials.ts";
import type { Result } from "../../base/result.ts";
import type { EtcdEnd, EtcdNews } from "../../cluster/agent/news.ts";
import type { Clock } from "../../os/clock.ts";
import type { Network } from "../../os/network/network.ts";
import type { Processes } from "../../os/process/processes.ts";
import type { EtcdAddresses } from "./flags.ts";

/** Hears of the etcd of this host. */
export interface EtcdListener {
  runs(name: string): void;
  /** `code`: of the failure for which it was not started. */
  ended(name: string, end: EtcdEnd, message: string, code?: string): void;
}

export interface EtcdRunnerOptions {
  /** The cluster's part of the prefix, absolute. */
  readonly directory: string;
  /** Where it is, as others are told. */
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  /** Where it listens; this host asks at the first of those for clients whether it answers. */
  readonly listenClients: readonly Address[];
  readonly listenPeers: readonly Address[];
  /** What this host shows when it asks whether it answers. */
  readonly credentials: Credentials;
  /** What etcd shows; absent: nothing, it is plain text. */
  readonly member?: MemberCredentials | "none";
  /** What of that is otherwise with the arguments of that name; absent: nothing. */
  readonly otherwise?: (generation: string) => Promise<Result<Partial<EtcdAddresses>>>;
  readonly clock: Clock;
  readonly network: Network;
  readonly processes: Processes;
  readonly listener: EtcdListener;
  /** Takes what people should know, for instance what became of an etcd that a killed agent left. */
  readonly tell: (news: EtcdNews) => void;
}
