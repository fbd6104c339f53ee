import type { Goal } from "../../src/packages/goals.ts";

/** The goal that a package has that version; without one, that it is absent. */
export function goal(name: string, version?: string): Goal {
  const change: Goal["change"] = {
    name,
    to: version === undefined ? "absent" : { version },
    trust: { allowUntrusted: false, allowNonfree: false, allowUnsupported: false },
    alone: false,
    progress: () => {},
    signal: new AbortController().signal,
  };
  return { change, version };
}
