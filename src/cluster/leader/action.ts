import type { ChangeStep, MembershipChange } from "../store/membership_change.ts";
import type { RollingRecord, SecureRecord } from "../store/records.ts";

/** What the leader does now, and why, in words. */
export type LeaderAction =
  & { readonly reason: string }
  & (
    | { readonly type: "begin"; readonly operation: MembershipChange }
    | { readonly type: "step"; readonly operation: MembershipChange; readonly step: ChangeStep }
    | {
      readonly type: "end";
      readonly operation: MembershipChange;
      readonly outcome: "done" | "abandoned";
    }
    /** Ask that host to run that member, as one of those that are listed now. */
    | { readonly type: "nominate"; readonly host: string; readonly memberId: string }
    /** Remove what is written down of that host and no longer true. */
    | { readonly type: "forget"; readonly host: string; readonly what: "nomination" | "backoff" }
    /** It is another member's turn to start its etcd anew, or nobody's any more. */
    | { readonly type: "turn"; readonly rolling: RollingRecord }
    /** It is on its way to TLS, or back, and has come that far. */
    | { readonly type: "secure"; readonly secure: SecureRecord }
    /** It is a plain cluster again. */
    | { readonly type: "unsecure" }
    /** An order to forget that member is done. */
    | { readonly type: "settle"; readonly memberId: string }
    /** Nothing; look again when something changes, at the latest at that time. */
    | { readonly type: "none"; readonly lookAgainAt?: number }
  );
