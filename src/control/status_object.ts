import type { ControlledAgent } from "./agent.ts";

/** How an agent is, as an object for programs, with its resources as counts. */
export function statusObject(
  { snapshot, ...agent }: Pick<
    ControlledAgent,
    "pid" | "graphPath" | "snapshot" | "working" | "holds"
  >,
): object {
  const { resources: _each, cluster: _other, recap, unchecked, ...run } = snapshot;
  return {
    pid: agent.pid,
    ...run,
    file: agent.graphPath,
    resources: { ...recap, unchecked },
    working: agent.working(false),
    waiting: agent.working(true),
    held: agent.holds(),
  };
}
