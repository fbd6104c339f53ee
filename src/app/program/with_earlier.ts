import type { EdgeEnd, ProgramGraph } from "../../program/protocol.ts";

type GraphEdge = ProgramGraph["edges"][number];

/**
 * A graph of which only a beginning is known, with all of an earlier one that it does not speak of: what may still
 * come stays as it is.
 */
export function withEarlier(begun: ProgramGraph, earlier: ProgramGraph): ProgramGraph {
  const names = new Set<string>();
  for (const [kind, entries] of Object.entries(begun.resources)) {
    for (const { name } of entries) names.add(keyOfEnd({ kind, name: plainName(name) }));
  }
  const ids = new Set(begun.collect.map((entry) => JSON.stringify(entry)));
  const resources: Record<string, ProgramGraph["resources"][string]> = { ...begun.resources };
  const stay = new Set<string>();
  for (const [kind, entries] of Object.entries(earlier.resources)) {
    const others = entries.filter(({ name }) =>
      !names.has(keyOfEnd({ kind, name: plainName(name) }))
    );
    for (const { name } of others) stay.add(keyOfEnd({ kind, name: String(name) }));
    if (others.length > 0) resources[kind] = [...resources[kind] ?? [], ...others];
  }
  const collect = earlier.collect.filter((entry) => !ids.has(JSON.stringify(entry)));
  const known = new Set(begun.edges.map(edgeText));
  // Those among resources that the beginning speaks of are its own to say.
  const edges = earlier.edges.filter((edge) =>
    !known.has(edgeText(edge)) && [edge.from, edge.to].some((end) => stay.has(keyOfEnd(end)))
  );
  return {
    resources,
    edges: [...begun.edges, ...edges],
    collect: [...begun.collect, ...collect],
  };
}

/** Exported or not, it is the same. */
function plainName(name: unknown): string {
  return String(name).replace(/^@@/, "");
}

function keyOfEnd(end: EdgeEnd): string {
  return JSON.stringify("collect" in end ? [end.collect] : [end.kind, end.name]);
}

function edgeText({ from, to, notify = false }: GraphEdge): string {
  return `${keyOfEnd(from)}${keyOfEnd(to)}${notify}`;
}

/** What a graph file says, if it has the form that programs have. */
export function graphOfValue(value: unknown): ProgramGraph | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { resources = {}, edges = [], collect = [] } = value as Partial<ProgramGraph>;
  return { resources, edges, collect };
}

/** Whether a graph has a resource, exported or not. */
export function isIn({ resources }: ProgramGraph, key: string): boolean {
  const [, kind = "", name = ""] = /^([^[]+)\[(.*)\]$/s.exec(key) ?? [];
  return resources[kind]?.some((entry) => plainName(entry["name"]) === name) ?? false;
}
