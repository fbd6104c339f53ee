/**
 * The graph in force as an object for who draws it.
 *
 * @module
 */

import { yielderOf } from "../base/yielder.ts";
import type { Edge } from "../graph/graph.ts";
import type { Resource } from "../kind/resource.ts";
import type { ControlledAgent } from "./agent.ts";

/** What an edge is for. */
export type EdgeWord = "requires" | "notifies" | "auto";

/** Looking, changing, refreshing; who waits for that does nothing. */
export type WorkStep = "check" | "apply" | "refresh";

/** One vertex, as the graph of the answer has it. */
export interface VertexNow {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  /** Which path it is about, where its kind has one and its name is another; made of no secret. */
  readonly path?: string;
  /** `unchecked` while a graph is being swapped, too. */
  readonly state: string;
  /** Since when, in milliseconds since 1970; absent: it is not known yet. */
  readonly sinceMs?: number;
  /** What is done about it now, and since when. */
  readonly works?: { readonly step: WorkStep; readonly sinceMs: number };
}

/** The graph in force. */
export interface ShownGraph {
  readonly version: 1;
  readonly name: string;
  readonly vertices: readonly VertexNow[];
  /** From, to, as indices of `vertices`. */
  readonly edges: readonly (readonly [from: number, to: number, word: EdgeWord])[];
}

/** Takes the graph as it is now; a large one in turns, while which only states may change. */
export async function graphNow(
  agent: Pick<ControlledAgent, "graph" | "snapshot" | "clock" | "atWork">,
): Promise<ShownGraph> {
  const { graph } = agent;
  const yielder = yielderOf(agent.clock);
  const indices = new Map<string, number>();
  const vertices: VertexNow[] = [];
  const works = worksOf(agent);
  for (const [key, resource] of graph.vertices) {
    const { kind, name } = resource;
    const found = agent.snapshot.resources.get(key);
    const since = found === undefined ? {} : { sinceMs: found.sinceMs };
    indices.set(key, vertices.length);
    const state = found?.state ?? "unchecked";
    const more = { ...since, ...works.get(key) };
    vertices.push({ key, kind: kind.kind, name, ...pathOf(resource), state, ...more });
    await yielder.yieldTurn();
  }
  const edges: (readonly [number, number, EdgeWord])[] = [];
  for (const edge of graph.edges) {
    const [from, to] = [indices.get(edge.from), indices.get(edge.to)];
    if (from !== undefined && to !== undefined) edges.push([from, to, wordOf(edge)]);
    await yielder.yieldTurn();
  }
  return { version: 1, name: graph.name, vertices, edges };
}

/** What is done about whom. */
function worksOf(
  { atWork, clock }: Pick<ControlledAgent, "atWork" | "clock">,
): ReadonlyMap<string, Pick<VertexNow, "works">> {
  const nowMs = clock.wall().getTime();
  return new Map(
    atWork().flatMap(({ key, step, forMs }) =>
      step === "wait" || step === "turn"
        ? []
        : [[key, { works: { step, sinceMs: nowMs - forMs } }] as const]
    ),
  );
}

/** A path longer than one of the system can be is none. */
const LONGEST_PATH = 4096;

function pathOf({ name, params, secrets }: Resource): { path?: string } {
  if (secrets !== undefined) return {};
  const { path } = (params ?? {}) as { readonly path?: unknown };
  const isPath = typeof path === "string" && path.startsWith("/") && path.length <= LONGEST_PATH;
  return isPath && path !== name ? { path } : {};
}

function wordOf({ notify, automatic }: Edge): EdgeWord {
  if (notify) return "notifies";
  return automatic === true ? "auto" : "requires";
}
