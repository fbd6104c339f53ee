/**
 * What goes into the agent's core, and what comes out: nothing of it is done here.
 *
 * @module
 */

import type { Failure, Result } from "../../base/result.ts";
import type { CallAnswer, StoreCall } from "./calls.ts";
import type { Hello } from "./hello.ts";
import type { EtcdEnding, News } from "./news.ts";
import type { TrustAnswer, TrustTask } from "./trust_work.ts";
import type { Judged } from "../leader/joins.ts";
import type { KeyRange } from "../store/keys.ts";
import type { Peers, ShownCertificate, SiteRecord } from "../store/records.ts";
import type { RunsRecord } from "../store/runs_record.ts";
import type { KeyChange } from "../store/store.ts";
import type { TimeLimits } from "../leader/view.ts";

/** What the agent was started with. */
export interface AgentSettings {
  readonly host: string;
  readonly seeds: readonly string[];
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  /** False: `--no-server`; it never runs etcd. */
  readonly server: boolean;
  /** False: it offers nothing, for instance because it ends by itself. */
  readonly volunteer: boolean;
  /**
   * It ends by itself: a cluster that it founds goes with it, it founds none where seeds are named, and
   * changes nothing that others rely on later.
   */
  readonly endsByItself?: boolean;
  /** What `--ideal-cluster-size` says; the first host of a cluster writes it down. */
  readonly idealSize?: number;
  readonly domain?: string;
  /**
   * The cluster has rights; true: this host may do everything in it, and keeps them; false: it may what the
   * cluster lets it. Absent: there are no rights.
   */
  readonly keepsRights?: boolean;
  /** The cluster speaks TLS: this host keeps its certificates as they are to be. */
  readonly keepsTrust?: boolean;
  readonly patience: TimeLimits;
  /** How long the cluster is waited for at the start. */
  readonly waitMs?: number;
  /** What to add to the monotonic time for the time of day, which people are told. */
  readonly wallOffsetMs?: number;
  /** Where this agent runs; without it, nobody of the same identity is told from a copy by looking. */
  readonly site?: SiteRecord;
}

/** The member that this host runs. */
export interface OwnMember {
  /** The host and eight digits, new for every data directory. */
  readonly name: string;
  /** Undefined: founded here, and not yet known. */
  readonly memberId?: string;
  readonly initialCluster: Peers;
  /** True: it makes a new cluster. */
  readonly founds: boolean;
  /** It has run: its data is what counts, not the list above. */
  readonly ran: boolean;
}

/** What the agent keeps below its prefix. */
export interface AgentDisk {
  /** Made once for each prefix, at random. */
  readonly id: string;
  /** The cluster it belongs to, from the first contact on. */
  readonly clusterId?: string;
  /** To which name that cluster has bound the id, where a token let this host in. */
  readonly host?: string;
  /** Where that cluster was last seen: voters first, then learners, then who was there before. */
  readonly endpoints: readonly string[];
  /** Of a host that has left: where hosts were that could have become members after it. */
  readonly formerHosts?: readonly string[];
  readonly member?: OwnMember;
  /** The cluster goes with the run that founded it; what this host knew before it. */
  readonly temporary?: { readonly endpoints: readonly string[] };
  /** With which arguments its etcd runs, since `ctl/rolling` asked for it; absent: the usual ones. */
  readonly generation?: string;
  /** That cluster speaks TLS, where no address here says so yet. */
  readonly tls?: true;
  /** It was a plain one before: what its unit says may still be of that time. */
  readonly wasPlain?: true;
}

/** How etcd is to run. */
export interface MemberStart {
  /** The member's name, and that of its data directory. */
  readonly name: string;
  readonly initialCluster: Peers;
  /** `ran`: its data must be there, else it ends as `final`: a member never starts twice from nothing. */
  readonly state: "new" | "existing" | "ran";
  /** The name of the arguments beside these; absent: the usual ones. */
  readonly generation?: string;
}

/** What a host asks for, as it stands in the store. */
export interface JoinRequest {
  readonly text: string;
  /** The hash of its public key. */
  readonly key: string;
  /** What it has to count for: the user of a token, or that it is a renewal. */
  readonly purpose: string;
}

/** A place in a semaphore of the fleet that is wanted on this host. */
export interface PlaceRequest {
  /** A number that names it from now on. */
  readonly want: number;
  readonly name: string;
  readonly size: number;
  /** The key of the resource it is for. */
  readonly resource: string;
  /** Where no cluster answers for long enough, it goes on without. */
  readonly mayGo: boolean;
}

/** What has happened. */
export type ClusterAgentEvent =
  /** The first event. */
  | { readonly type: "start" }
  /** The time of the last {@linkcode Effect} `wake` has come. */
  | { readonly type: "wake" }
  | { readonly type: "answer"; readonly id: number; readonly result: Result<CallAnswer> }
  | { readonly type: "changed"; readonly watch: number; readonly changes: readonly KeyChange[] }
  | { readonly type: "broken"; readonly watch: number; readonly failure: Failure }
  /** What the host at one of the seeds said. */
  | { readonly type: "hello"; readonly id: number; readonly answer: Result<Hello> }
  /** Another host asks; it gets what `Agent.hello()` says after this event. */
  | { readonly type: "asked"; readonly by: Hello }
  /** Whether this host has its client URLs to itself: it could open its small server there. */
  | { readonly type: "address"; readonly held: boolean; readonly problem?: Failure }
  /** Our etcd answers. */
  | { readonly type: "etcd-runs"; readonly name: string }
  | ({ readonly type: "etcd-ended"; readonly name: string } & EtcdEnding)
  | { readonly type: "judged"; readonly id: number; readonly result: Result<Judged> }
  | { readonly type: "trusted"; readonly id: number; readonly result: Result<TrustAnswer> }
  /** Whether the agent that was asked for with `probe` still runs. */
  | { readonly type: "probed"; readonly nonce: string; readonly lives: boolean }
  /** `mgmt volunteer on|off`, or a check that failed (ports taken, disk too small). */
  | { readonly type: "offer"; readonly volunteer: boolean }
  /** The certificate that this host shows from now on. */
  | { readonly type: "shows"; readonly certificate: ShownCertificate }
  /** How the resources of this host are from now on. */
  | { readonly type: "runs"; readonly record: RunsRecord }
  /** So many hosts that were cast out are refused here; `keepsOpen`: why connections go on that are open with such certificates. */
  | { readonly type: "refuses"; readonly hosts: number; readonly keepsOpen?: string }
  | { readonly type: "want"; readonly wish: PlaceRequest }
  /** Nothing is done under that place any more, and nothing will be. */
  | { readonly type: "unwant"; readonly want: number }
  /** A signal: membership and data stay. */
  | { readonly type: "stop" };

/** What is to be done, in this order. */
export type Effect =
  /** Durably, before anything that follows. */
  | { readonly type: "save"; readonly disk: AgentDisk }
  /** Where to find the store from now on, and which cluster it must be. */
  | {
    readonly type: "endpoints";
    readonly clientUrls: readonly string[];
    readonly clusterId: string | undefined;
  }
  | {
    readonly type: "call";
    readonly id: number;
    readonly call: StoreCall;
    readonly deadlineMs: number;
    /** Not made at all if it is later than that by now. */
    readonly notAfter?: number;
  }
  | {
    readonly type: "watch";
    readonly watch: number;
    readonly range: KeyRange;
    readonly fromRevision: number;
  }
  | { readonly type: "unwatch"; readonly watch: number }
  /** Ask the host at that address who it is, with what this one would answer. */
  | {
    readonly type: "ask";
    readonly id: number;
    readonly clientUrl: string;
    readonly hello: Hello;
    readonly deadlineMs: number;
  }
  /** Answer such questions at the own client URLs (`address` says whether that works), or leave them. */
  | { readonly type: "answer-hello"; readonly on: boolean }
  /**
   * Run this etcd and no other (also one that is left behind, if it is this member), or none. One
   * that runs under the same name is started again only if it has not run before; one that runs
   * under another name, or that should no longer run, is ended, and `etcd-ended` says so; also when
   * it had not come to run yet, or had ended before.
   */
  | { readonly type: "etcd"; readonly wish: MemberStart | undefined }
  /** Get ready to run etcd, which may be wanted soon. */
  | { readonly type: "prepare" }
  /** Move that data directory aside; its etcd has ended. */
  | { readonly type: "aside"; readonly name: string }
  /** The temporary cluster that it was in is gone: it is a newcomer again (`afterTemporary`). */
  | { readonly type: "over" }
  /** Look whether that process of this machine still runs; `probed` says so. */
  | { readonly type: "probe"; readonly nonce: string; readonly site: SiteRecord }
  /** These certificates count no more (numbers); `refuses` says that this is in force here. */
  | {
    readonly type: "refuse";
    /** So many hosts were cast out so far. */
    readonly hosts: number;
    readonly serials: readonly string[];
    /** Those of the first so many hosts count no more in any case, and are not among them. */
    readonly former: number;
  }
  /** Find out what is asked for, and what the answer would be; `judged` says so. */
  | { readonly type: "judge"; readonly id: number; readonly request: JoinRequest }
  /** Do that with this host's certificates and keys; `trusted` says what came of it. */
  | { readonly type: "trust"; readonly id: number; readonly wish: TrustTask }
  /** Exchange with the others, or not, because the name is not this host's: then why. */
  | { readonly type: "exchange"; readonly outcast: Failure | undefined }
  /** The store may have gone back to something older meanwhile: compare what is exchanged with it. */
  | { readonly type: "compare" }
  /**
   * How it is with a place that is wanted: it is held; it was, and what is done under it has to end now;
   * there is no cluster to ask, and it goes on without; or what it waits for, for people.
   */
  | { readonly type: "place"; readonly want: number; readonly is: "held" }
  | {
    readonly type: "place";
    readonly want: number;
    readonly is: "lost" | "without" | "waits";
    readonly why: string;
    /** With `waits`: all places are known to be others'. */
    readonly isTaken?: true;
  }
  /** Come back with `wake` at that time; replaces what was said before. */
  | { readonly type: "wake"; readonly at: number }
  /** For people. */
  | { readonly type: "tell"; readonly news: News };
