import type { Failure } from "../../base/result.ts";

/** Why there is no cluster yet. */
export type ObstacleReason =
  /** Nothing has been heard, of nobody. */
  | { readonly code: "no-answer" }
  /** The host there answered before, and does not now. */
  | { readonly code: "silent"; readonly url: string }
  | { readonly code: "failed"; readonly url: string; readonly failure: Failure }
  /** It is in no cluster yet, either. */
  | { readonly code: "none-yet"; readonly url: string }
  /** It knows a cluster, or founds one. */
  | { readonly code: "in-cluster"; readonly url: string }
  /** It is the one that founds it. */
  | { readonly code: "founder"; readonly url: string }
  /** It names a host that this one does not, or not one that this one does. */
  | {
    readonly code: "other-hosts";
    readonly url: string;
    readonly there?: string | undefined;
    readonly here?: string | undefined;
  }
  /** A run that ends by itself founds none beside its seeds. */
  | { readonly code: "founds-none" }
  /** The own address is another's, or cannot be had; `other`: what is known beside that. */
  | {
    readonly code: "own-address";
    readonly url: string;
    readonly failure?: Failure | undefined;
    readonly other?: ObstacleReason;
    /** What is known was said at that very address. */
    readonly isThere?: boolean;
  };
