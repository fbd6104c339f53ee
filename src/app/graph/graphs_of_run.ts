import { hostName } from "../../os/host_name.ts";
import type { ReportEvent } from "../../report/event.ts";
import { kindsOnDemand } from "../../resources/on_demand.ts";
import type { EngineEvent } from "../../engine/event.ts";
import type { Host } from "../../host/host.ts";
import type { AgentParts } from "../agent_parts.ts";
import type { ClusterSide } from "../cluster/cluster_side.ts";
import type { ProgramSources } from "../program/program_inputs.ts";
import { GraphReader } from "./graph_reader.ts";
import { keptGraphs } from "./kept_graphs.ts";
import { openGraphSource } from "./open_source.ts";

/** What a program reads besides the cluster is waited for so long at a start. */
const PROGRAM_WAIT_MS = 30_000;

/** What a program of this run reads besides facts and files. */
export async function programSources(
  ofCluster: ProgramSources,
  { clock }: Pick<Host, "clock">,
): Promise<ProgramSources> {
  const { TimeInputs } = await import("../../program/time_inputs.ts");
  return { ...ofCluster, time: new TimeInputs(clock) };
}

/** Reads the graphs of a run from where they are written. */
export function graphsOf(
  parts: AgentParts,
  cluster: Pick<ClusterSide, "values" | "elections">,
  /** Somebody wants to hear what happens to resources. */
  hearing: (listener: (event: EngineEvent) => void) => void,
): GraphReader {
  const { settings, host, reporter, graphPath: path, trust, inputs } = parts;
  const name = settings.hostname ?? settings.facts?.name ?? hostName();
  const source = openGraphSource({
    file: settings.file,
    path,
    host,
    trust: settings.allowUnsafeGraph ? undefined : trust,
    hostName: name,
    inputs,
    kept: keptGraphs({ ...settings, ...parts }),
    program: {
      isPlan: settings.plan !== undefined,
      waitMs: settings.cluster.waitSeconds * 1000 + PROGRAM_WAIT_MS,
      sources: async () => {
        const { vertexInputs } = await import("../program/vertex_inputs.ts");
        const vertices = vertexInputs(parts);
        hearing((event) => vertices.heard(event));
        const { values: fleet, elections: elected } = cluster;
        return { ...vertices.sources, ...await programSources({ fleet, elected }, host) };
      },
    },
  });
  const emit = (event: ReportEvent) => reporter.event(event);
  return new GraphReader(source, {
    registry: kindsOnDemand,
    color: settings.color,
    host: name,
    emit,
  });
}
