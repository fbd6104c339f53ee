/**
 * A membership change as it is journalled at `ctl/op`.
 *
 * @module
 */

/** One call. */
export type ChangeStep =
  | { readonly type: "add"; readonly host: string; readonly peerUrls: readonly string[] }
  | { readonly type: "promote"; readonly host: string; readonly memberId: string }
  | { readonly type: "remove"; readonly host: string; readonly memberId: string };

/** Why it is done, which says under what condition it may still go on. */
export type Purpose =
  /** Learners are added. */
  | "grow"
  /** Learners become voters, so many that their number is odd again. */
  | "promote"
  /** A voter makes room for a learner: it is dead or wants to go. */
  | "replace"
  /** A dead voter goes, because without it more may fail or another can come. */
  | "bury"
  /** A voter goes whose host is cast out. */
  | "expel"
  /** There are more members than wanted. */
  | "shrink"
  /** A learner goes that did not start, did not catch up, died or is one too many. */
  | "drop";

/** The value of `ctl/op`. */
export interface MembershipChange {
  readonly purpose: Purpose;
  readonly steps: readonly ChangeStep[];
  /** For people. */
  readonly reason: string;
  /** This host is left alone for a while afterwards. */
  readonly backoff?: string;
}
