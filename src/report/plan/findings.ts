/**
 * Gathers what an engine that plans says of each resource.
 *
 * @module
 */

import type { WouldChange } from "../phrases.ts";
import type { EventSink, ReportEvent } from "../event.ts";
import type { PlanFinding } from "./outcome.ts";

/** A sink: the last word on each resource counts. */
export class PlanFindings implements EventSink {
  readonly byKey = new Map<string, PlanFinding>();
  /** What was warned of, with the resource where it is about one. */
  readonly warnings: { readonly key?: string; readonly text: string }[] = [];

  event(event: ReportEvent): void {
    switch (event.type) {
      case "ok":
        this.byKey.set(event.key, { outcome: "ok" });
        return;
      case "would-change":
        this.byKey.set(event.key, leftAlone(findingOf(event), event.byMeta));
        return;
      case "failed": {
        const { failure } = event;
        this.byKey.set(event.key, { outcome: "refused", reason: failure.message, failure });
        return;
      }
      case "held-back":
        this.byKey.set(event.key, {
          outcome: "ok",
          ...this.byKey.get(event.key),
          heldBack: event.reason,
        });
        return;
      case "warning":
        this.warnings.push(event);
        return;
    }
  }
}

function findingOf(
  { reason, difference, refresh, worldless, unknown, after, lacks = reason, askedBy, hold }:
    WouldChange,
): PlanFinding {
  const more = {
    reason,
    difference,
    ...(askedBy === undefined ? {} : { askedBy }),
    ...(hold === undefined ? {} : { hold }),
  };
  if (after !== undefined) return { ...more, outcome: "after", reason: lacks, after };
  if (refresh === true || (unknown !== undefined && askedBy !== undefined)) {
    return { ...more, outcome: "refresh" };
  }
  if (unknown !== undefined) return { ...more, outcome: "unknown", reason: unknown };
  if (worldless === true) return { outcome: "ok" };
  return { ...more, outcome: "change" };
}

/** What its own `meta.noop` leaves as it is: nothing would be done about it. */
function leftAlone(finding: PlanFinding, byMeta: true | undefined): PlanFinding {
  const { outcome } = finding;
  if (byMeta === undefined || outcome === "ok" || outcome === "after") return finding;
  return { ...finding, outcome: "ok", noop: true, otherwise: outcome };
}
