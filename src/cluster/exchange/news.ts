/**
 * What the exchange has to tell people, as facts.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";

/** What a host works with while its cluster is away. */
export interface WithoutCluster {
  /** It collects something: what was collected last goes on to be used. */
  readonly collects: boolean;
  /** How old that is; undefined: there is nothing. */
  readonly ageMs?: number | undefined;
}

/** A value that changes all the time. */
export interface RestlessValue {
  readonly key: string;
  readonly changes: number;
  readonly withinMs: number;
  /** It goes out once in such a time. */
  readonly pauseMs: number;
}

/** Something people want to hear of. */
export type ExchangeNews =
  /** It was waited for long enough. */
  | { readonly what: "no-answer-yet"; readonly uses: WithoutCluster }
  /** The same, where the cluster answers: what this host exports is not there yet. */
  | { readonly what: "not-exported-yet" }
  /** A host offers so much that not all of it is taken. */
  | {
    readonly what: "too-much-offered";
    readonly host: string;
    readonly offered: number;
    readonly taken: number;
  }
  /** `rest`: nor is any after it. */
  | {
    readonly what: "not-exported";
    readonly key: string;
    readonly reason: string;
    readonly rest: boolean;
  }
  | { readonly what: "exports-unknown"; readonly failure: Failure }
  | { readonly what: "too-many-exports"; readonly most: number }
  /** An export of others does not count. `key` is of the store, and cut. */
  | {
    readonly what: "export-left-out";
    readonly key: string;
    readonly why: "unreadable" | "no-mac" | "wrong-mac" | "older";
  }
  /** Somebody else had changed it. */
  | { readonly what: "export-mended"; readonly key: string }
  /** There are more of these, which are not named. */
  | { readonly what: "more-left-out" | "more-mended" }
  /** It was waited for long enough: nobody has said who shares something by that name (absent: who is there). */
  | { readonly what: "values-unknown"; readonly key?: string }
  /** A value of this host changed that often within that time; `reads`: what its graph reads of others. */
  | ({ readonly what: "share-slowed"; readonly reads: readonly string[] } & RestlessValue)
  /** One of another host that is read here; `shares`: what this host shares. */
  | ({
    readonly what: "share-restless";
    readonly host: string;
    readonly shares: readonly string[];
  } & RestlessValue)
  /** The store is full. */
  | { readonly what: "not-published" }
  /** What is exported changes faster than it is published, for instance this. */
  | {
    readonly what: "exports-too-fast";
    readonly key: string;
    readonly bytes: number;
    readonly burstBytes: number;
    readonly bytesPerSecond: number;
  };

/** Takes news of the exchange. */
export type TellExchange = (news: ExchangeNews) => void;
