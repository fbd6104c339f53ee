import type { Host } from "../../host/host.ts";
import type { WorkContext } from "../../kind/work_context.ts";

/** What taking back works with until `ending` aborts; nobody hears of waits. */
export function undoContext(
  host: Host,
  ending: AbortSignal,
  warn: (text: string) => void,
): WorkContext {
  return { host, signal: ending, ending, warn, note: () => {} };
}
