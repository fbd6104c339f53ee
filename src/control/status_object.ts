import type { Failure } from "../base/result.ts";
import type { Recap } from "../engine/event.ts";
import { type StandingNow, standingOf, troubles } from "../report/standing.ts";
import type { ClusterSnapshot } from "../report/cluster_state.ts";
import type { KindSnapshot } from "../report/kind_counts.ts";
import type { ResourceSnapshot, Snapshot } from "../report/state.ts";
import type { ControlledAgent } from "./agent.ts";
import { failureObject } from "./answers.ts";
import type { HeldResource } from "./holds.ts";
import type { Askers } from "./route.ts";
import { resourceObject } from "./resource_now.ts";

/** A failure as it is told. */
type ToldFailure = Omit<Failure, "type">;

/** How an agent is, as an object for programs, with its resources as counts. */
export interface AgentStatus
  extends Omit<Snapshot, "resources" | "kinds" | "recap" | "unchecked" | "cluster">, StandingNow {
  readonly pid: number;
  /** The graph file, absolute. */
  readonly file: string;
  readonly resources: Recap & { readonly unchecked: number };
  /** The same by kind. */
  readonly kinds: Readonly<Record<string, KindSnapshot>>;
  /** Resources that are not as they should be, the worst first; of many only the first. */
  readonly troubles: readonly (Omit<ResourceSnapshot, "failure"> & {
    readonly key: string;
    readonly failure?: ToldFailure;
  })[];
  /** What hangs, as a sentence. */
  readonly stuck?: string;
  /** Keys. */
  readonly working: readonly string[];
  readonly waiting: readonly string[];
  readonly held: readonly HeldResource[];
  /** Absent: it has no part in a cluster, and was not refused one. */
  readonly cluster?:
    & Pick<ClusterSnapshot, "phase" | "role" | "leader" | "contact" | "lostSinceMs">
    & { readonly members: number; readonly outcast?: ToldFailure };
}

/** Of resources that are not as they should be. */
const TROUBLES_MAX = 20;

/** See {@linkcode AgentStatus}; for those who ask. */
export function statusObject(
  agent: Pick<
    ControlledAgent,
    "pid" | "graphPath" | "snapshot" | "working" | "holds" | "stuck"
  >,
  askers: Askers,
): AgentStatus {
  const { snapshot } = agent;
  const { resources: _each, kinds, cluster, recap, unchecked, ...run } = snapshot;
  const stuck = agent.stuck();
  return {
    pid: agent.pid,
    ...standingOf(snapshot, stuck),
    ...run,
    file: agent.graphPath,
    resources: { ...recap, unchecked },
    troubles: troubles(snapshot, TROUBLES_MAX)
      .map(([key, each]) => resourceObject(key, each, askers) as AgentStatus["troubles"][number]),
    ...(stuck === undefined ? {} : { stuck }),
    kinds: Object.fromEntries(kinds()),
    working: agent.working(false),
    waiting: agent.working(true),
    held: agent.holds(),
    ...clusterPart(cluster),
  };
}

function clusterPart(cluster: ClusterSnapshot): Pick<AgentStatus, "cluster"> {
  const { phase, role, leader, contact, lostSinceMs, members, outcast } = cluster;
  if (phase === undefined && outcast === undefined) return {};
  return {
    cluster: {
      ...{ phase, role, leader, contact, lostSinceMs },
      members: members.length,
      ...(outcast === undefined ? {} : { outcast: failureObject(outcast) as ToldFailure }),
    },
  };
}
