import type { Failure } from "../../base/result.ts";
import type { Host } from "../../host/host.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { Resource } from "../../kind/resource.ts";

/** What a refresh of it does. Asked of the kind alone, beside the vertex, which may be at work. */
export async function refreshOf(
  { kind, params, meta }: Resource,
  host: Host,
  signal: AbortSignal,
): Promise<string | Failure | undefined> {
  if (kind.refreshes === undefined) return "refresh";
  const nothing = () => {};
  const context: KindContext = {
    host,
    signal,
    ending: signal,
    cause: { event: false, poll: false, refresh: true },
    memory: kind.memory(),
    noop: true,
    probes: false,
    autogroup: meta.autogroup,
    line: nothing,
    warn: nothing,
    note: nothing,
    progress: nothing,
    claimed: () => false,
    comes: () => false,
    claims: () => [],
    expected: () => undefined,
    leftOut: () => false,
    holdBack: nothing,
  };
  return await kind.refreshes(params, context);
}
