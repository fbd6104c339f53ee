/**
 * Which events a hook is for.
 *
 * @module
 */

import type { ReportEvent } from "../../report/event.ts";

/** What a hook waits for. */
export type HookName = "on-change" | "on-failure";

/** Says of each event, in their order, whether a hook is told of it. */
export type WorthTelling = (event: ReportEvent) => boolean;

/** What tells {@linkcode HookName}'s events from others. */
export function worthTelling(name: HookName): WorthTelling {
  return name === "on-change" ? isChange : failures();
}

function isChange(event: ReportEvent): boolean {
  return event.type === "changed" && !event.worldless;
}

/**
 * What makes a run end with a failure, and a graph that is refused. A resource that fails in the same way
 * at each try is told of once, until it has been right or has failed in another way.
 */
function failures(): WorthTelling {
  const failing = new Map<string, string>();

  function isNew(key: string, how: string): boolean {
    if (failing.get(key) === how) return false;
    failing.set(key, how);
    return true;
  }

  return (event) => {
    switch (event.type) {
      case "failed":
        return isNew(event.key, event.failure.message);
      case "contested":
        return isNew(event.key, event.type);
      case "ok":
      case "changed":
      case "exited":
        failing.delete(event.key);
        return false;
      case "diagnostics":
        return event.errors > 0;
      case "cluster":
        return event.what === "outcast" && event.failure !== undefined;
      default:
        return false;
    }
  };
}
