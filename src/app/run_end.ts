import type { HeardSignal } from "../os/signals.ts";

/** Why a run ends; `refused`: it cannot come into the cluster that it was given. */
export type End = "converged" | "max-runtime" | "refused" | HeardSignal;

/** How people are told. */
export function whyEnded(end: End): string {
  switch (end) {
    case "max-runtime":
      return "The time for this run is over";
    case "refused":
      return "This host cannot be in the cluster that it was given";
    default:
      return "Interrupted by exit signal";
  }
}
