/**
 * What the driver of the cluster's agent works with: the machine's side of each effect.
 *
 * @module
 */

import type { Failure, Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import type { Random } from "../../os/random.ts";
import type { Judged } from "../leader/joins.ts";
import type { AgentDisk, AgentSettings, Effect, JoinRequest, MemberStart } from "./io.ts";
import type { EtcdEnd, News } from "./news.ts";
import type { TrustAnswer, TrustTask } from "./trust_work.ts";
import type { Hello } from "./hello.ts";
import type { SiteRecord } from "../store/records.ts";
import type { Store, StoreAddress } from "../store/store.ts";

/** The etcd of this host, as a wish that is kept true. */
export interface MemberProcess {
  /** Gets ready to start one without delay; resolves when that is done, or cannot be. */
  prepare(): Promise<void>;
  /** Run this one and no other, or none. */
  wish(wish: MemberStart | undefined): void;
  /** Moves the data of a member that has ended aside. */
  aside(name: string): void;
  /** Resolves when nothing runs any more. */
  close(): Promise<void>;
}

/** Hears of the etcd of this host. */
export interface MemberListener {
  runs(name: string): void;
  ended(name: string, end: EtcdEnd, message: string, code?: string): void;
}

/** How it is with a place that was wanted. */
export type PlaceNews = Effect & { readonly type: "place" };

/** Which certificates count no more. */
export type RefuseWish = Effect & { readonly type: "refuse" };

/** Asking other hosts who they are, and being asked. */
export interface HelloDoor {
  ask(url: string, hello: Hello, deadlineMs: number): Promise<Result<unknown>>;
  /** Answers at the own addresses, all of them, or says why it cannot. */
  serve(answer: (question: string) => string): Result<{ close(): Promise<void> }>;
}

export interface EffectRunnerOptions {
  readonly settings: AgentSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: AgentDisk;
  readonly save: (disk: AgentDisk) => Failure | undefined;
  readonly openStore: (address: StoreAddress) => Promise<Store>;
  readonly etcd: (listener: MemberListener) => MemberProcess;
  readonly hello: HelloDoor;
  readonly tell: (news: News) => void;
  /** There is a store to exchange through, another one, or none; and the cluster whose it is. */
  readonly store: (store: Store | undefined, clusterId?: string) => void;
  /** Why this host has no part in the cluster; undefined: it has. Then there is no such store. */
  readonly outcast: (why: Failure | undefined) => void;
  /** Whether that process of this machine runs. */
  readonly lives: (site: SiteRecord) => boolean;
  /** That store may have gone back to something older. */
  readonly compare: () => void;
  /** What a host asks for, and what the answer would be; absent: this host lets nobody in. */
  readonly judge?: ((request: JoinRequest) => Promise<Result<Judged>>) | undefined;
  /** Does that with this host's certificates and keys; absent: it has none. */
  readonly trust?: ((wish: TrustTask) => Promise<Result<TrustAnswer>>) | undefined;
  /**
   * Certificates that count no more: resolves when nobody is let in with them from now on; `keepsOpen`: why
   * connections go on that are open.
   */
  readonly refuse?: ((wish: RefuseWish) => Promise<{ readonly keepsOpen?: string }>) | undefined;
  /** How it is with a place in a semaphore of the fleet. */
  readonly place: (news: PlaceNews) => void;
  /** The temporary cluster is gone: to go on, there has to be another driver with another disk. */
  readonly over?: () => void;
}
