/**
 * What is to be heard of this host's part in a cluster, as facts; `cluster_text.ts` has the sentences.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import type { EtcdNews, News, OrderNews } from "../cluster/agent/news.ts";
import type { ClockDifference } from "../cluster/admin/clock_check.ts";
import type { MissingVoters } from "../cluster/admin/missing_voters.ts";
import type { ExchangeNews, WithoutCluster } from "../cluster/exchange/news.ts";

type ContactLost = News & { readonly what: "contact-lost" };

/** What happened; times are in ISO 8601. */
export type ClusterFact =
  | Exclude<News, ContactLost>
  /** `isSaid`: people know, as it was said that the cluster does not answer. */
  | (ContactLost & {
    readonly since: string;
    readonly uses: WithoutCluster;
    readonly isSaid: boolean;
  })
  | EtcdNews
  | OrderNews
  | ExchangeNews
  | ({ readonly what: "majority-away" } & MissingVoters)
  /** Why this host has no part in its cluster, which was said; without a failure it has (again). */
  | { readonly what: "outcast"; readonly failure?: Failure | undefined }
  /** The run was told to have nothing to do with other hosts. */
  | { readonly what: "no-network" }
  /** This host founds a cluster alone, into which others come with a token. */
  | { readonly what: "join-with-token" }
  /** Its cluster was of this machine alone, and plain, until it was given these addresses. */
  | { readonly what: "grows"; readonly urls: readonly string[] }
  /** The cluster has let this host in, by a token. */
  | { readonly what: "let-in"; readonly role: "agent" | "server" }
  /** Its certificate was issued anew, for the same key. */
  | { readonly what: "renewed"; readonly fingerprint: string }
  /** It has asked, and will again. */
  | { readonly what: "not-let-in-yet"; readonly failure: Failure }
  /** It cannot be in the cluster that it was given: its run ends. */
  | { readonly what: "not-let-in"; readonly failure: Failure }
  /** This host's part in its cluster is over: it leaves, or stops. */
  | { readonly what: "part-ended" }
  /** Others reach these addresses, and nothing tells friend from foe there; `asked`: that is wanted. */
  | { readonly what: "exposed"; readonly urls: readonly string[]; readonly asked: boolean }
  /** It was given no addresses, and listens at those that it was given before. */
  | { readonly what: "same-addresses"; readonly addresses: readonly string[] }
  /** Other machines reach a member, and this host takes nothing from there. */
  | { readonly what: "unreachable"; readonly host: string; readonly clientUrls: readonly string[] }
  | ({ readonly what: "clocks-apart" } & ClockDifference)
  /** The machine has another name now; it goes on under the one that its member has. */
  | {
    readonly what: "renamed";
    readonly host: string;
    readonly machine: string;
    /** Of its cluster; else a token let it in. */
    readonly isMember: boolean;
  }
  /** There is no secret by which agents on this machine know each other. */
  | { readonly what: "no-exchange"; readonly failure: Failure }
  /** What may go on without a place in a semaphore of the fleet has lost its place. */
  | {
    readonly what: "place-lost";
    readonly resource: string;
    readonly semaphore: string;
    readonly reason: string;
  }
  | { readonly what: "elected"; readonly election: string }
  /** Others may be from now on; why. */
  | { readonly what: "elected-no-longer"; readonly election: string; readonly failure: Failure }
  /** It was waited for long enough: this host counts as not elected. */
  | { readonly what: "election-unknown"; readonly election: string }
  /** This host stands, and nobody leads who could say who is elected. */
  | { readonly what: "election-waits"; readonly election: string };

/** An event of the cluster. */
export type ClusterEvent = { readonly type: "cluster" } & ClusterFact;
