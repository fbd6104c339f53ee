import type { Failure, Result } from "../../base/result.ts";
import type { ClusterStatus } from "./cluster_status.ts";

/** What is waited for. */
export interface FleetWish {
  readonly look: () => Promise<Result<ClusterStatus>>;
  readonly hasConverged: (fleet: ClusterStatus) => boolean;
  /** All but hosts that do not say how they are, as those of older programs. */
  readonly onlyUntold: (fleet: ClusterStatus) => boolean;
  readonly timeoutMs: number;
  readonly clock: {
    nowMs(): number;
    sleep(delayMs: number): Promise<void>;
  };
}

/** How the wait ended, and what was seen then. */
export type FleetWaitEnd =
  | { readonly end: "converged" | "late" | "untold"; readonly fleet: ClusterStatus }
  /** The cluster cannot be asked: for good, or until the time was over. */
  | { readonly end: "refused" | "unseen"; readonly failure: Failure };

/** Between two questions. */
const PAUSE_MS = 1000;
/** Hosts tell how they are at most every 5 s: what they say has to stand for longer. */
const SURELY_MS = 6000;
/** A host says how it is as soon as it has a graph: one that has not by then is not waited for. */
const UNTOLD_MS = 60_000;

/** Codes of failures that waiting does not mend. */
const FOR_GOOD = new Set(["which", "forbidden", "unsafe", "bad-request"]);

/** Waits until all hosts have converged, as they say themselves. */
export async function waitForFleet(
  { look, hasConverged, onlyUntold, timeoutMs, clock }: FleetWish,
): Promise<FleetWaitEnd> {
  const endMs = clock.nowMs() + timeoutMs;
  let sinceMs: number | undefined;
  let untoldMs: number | undefined;
  for (;;) {
    const seen = await look();
    const nowMs = clock.nowMs();
    if (!seen.ok && FOR_GOOD.has(seen.failure.code ?? "")) {
      return { end: "refused", failure: seen.failure };
    }
    sinceMs = seen.ok && hasConverged(seen.value) ? sinceMs ?? nowMs : undefined;
    if (seen.ok && sinceMs !== undefined && nowMs - sinceMs >= SURELY_MS) {
      return { end: "converged", fleet: seen.value };
    }
    untoldMs = seen.ok && onlyUntold(seen.value) ? untoldMs ?? nowMs : undefined;
    if (seen.ok && untoldMs !== undefined && nowMs - untoldMs >= UNTOLD_MS) {
      return { end: "untold", fleet: seen.value };
    }
    if (nowMs >= endMs) {
      return seen.ok
        ? { end: "late", fleet: seen.value }
        : { end: "unseen", failure: seen.failure };
    }
    await clock.sleep(Math.min(PAUSE_MS, endMs - nowMs));
  }
}
