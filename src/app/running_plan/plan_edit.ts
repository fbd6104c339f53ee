/**
 * What an edit of the graph would do, as a running agent knows it: its part of `mgmt plan --running`.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import type { Host } from "../../host/host.ts";
import type { Engine } from "../../engine/engine.ts";
import type { HoldSource } from "../../engine/hold.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import { isAbsolute } from "node:path";
import { planOfEdit } from "./compare.ts";
import { isPrivate } from "./private_resource.ts";
import { refreshOf } from "./refresh_of.ts";
import { planObject } from "../../report/plan/text.ts";
import type { Snapshot } from "../../report/state.ts";
import { kindsOnDemand } from "../../resources/on_demand.ts";
import type { EditedGraph } from "../../control/agent.ts";
import type { GraphInputs } from "../facts/graph_inputs.ts";
import { Composer, type OtherHosts } from "../graph/composer.ts";
import { interpret } from "../graph/interpret.ts";
import type { ProgramSources } from "../program/program_inputs.ts";
import { type LeavingQuestion, planLeft } from "../reverse/leaving.ts";
import { openGraphSource } from "../graph/open_source.ts";

/** What of an agent is asked. */
export interface PlanEditParts extends Pick<LeavingQuestion, "prefix" | "graphPath"> {
  readonly host: Host;
  /** The name that graphs are read for. */
  readonly hostName: string;
  /** What graphs may ask for. */
  readonly inputs: GraphInputs;
  /** What a program may read besides. */
  readonly sources: () => Promise<ProgramSources>;
  readonly engine: Pick<Engine, "graph">;
  readonly state: { readonly snapshot: Snapshot };
  readonly holds: HoldSource;
  others(): OtherHosts | undefined;
}

/** What the cluster's part knows it says within a moment. */
const PROGRAM_WAIT_MS = 1000;

/** The plan of putting that file or directory in force, as an object, with the warnings of its graph. */
export async function planEdit(
  { file, name = file, color = false }: EditedGraph,
  parts: PlanEditParts,
  signal: AbortSignal,
): Promise<Result<object>> {
  if (!isAbsolute(file)) return fail("the graph is no absolute path", { code: "bad-request" });
  const { hostName, inputs, sources } = parts;
  const program = { sources, waitMs: PROGRAM_WAIT_MS };
  const source = openGraphSource({ file: name, path: file, hostName, inputs, program });
  try {
    const how = { registry: kindsOnDemand, color, host: hostName };
    const reading = await source.read();
    if (reading.waiting !== undefined) return fail(reading.waiting.why, { code: "refused" });
    const { loaded, text } = await interpret(reading, source, how);
    if (loaded === undefined) return fail(text, { code: "refused" });
    const plan = await planLoaded(file, loaded, parts, signal);
    return ok(text === "" ? plan : { ...plan, said: text });
  } finally {
    await source.close();
  }
}

async function planLoaded(
  file: string,
  loaded: LoadedGraph,
  { host, engine, state, holds, others, prefix, graphPath }: PlanEditParts,
  signal: AbortSignal,
): Promise<object> {
  const { graph } = await new Composer(kindsOnDemand, () => {}).compose(loaded, others());
  const holdOf = (key: string) => holds.of(key);
  const plan = await planOfEdit({
    leaving: await planLeft({ prefix, graphPath, graph, host, signal, holdOf }),
    before: engine.graph,
    after: graph,
    known: state.snapshot.resources,
    holdOf,
    isPrivate,
    refreshOf: (resource) => refreshOf(resource, host, signal),
  });
  const placeOf = async (key: string) => {
    const place = await loaded.placeOf(key);
    return place && { file: place.path, line: place.line, column: place.column };
  };
  return await planObject(plan, file, { placeOf });
}
