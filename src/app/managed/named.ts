import { eitherNamed, type NamedResources, namedResources } from "../../base/resource_word.ts";
import type { Graph } from "../../graph/graph.ts";
import { keyOf, type Resource } from "../../kind/resource.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { managedDirectory, type ManagedEntry, parseRecord, thingOf } from "./managed_record.ts";

/** The resources of a graph, for whoever names one. */
export function graphNamed(graph: Graph<Resource>): NamedResources {
  const { vertices } = graph;
  const known = namedResources(() =>
    [...vertices.values()].map(({ key, kind, params }) => ({
      key,
      identity: kind.identity(params),
    }))
  );
  return { ...known, has: (key) => vertices.has(key) };
}

/** What runs with a prefix manage, else what they did. */
export function managedNamed(prefix: string): NamedResources {
  let read: ReturnType<typeof readRecords> | undefined;
  const records = () => read ??= readRecords(prefix);
  return eitherNamed(
    namedResources(() => records().managed.map(withKey)),
    namedResources(() => records().left.map(withKey)),
  );
}

function readRecords(prefix: string) {
  const texts = stateDirectory(managedDirectory(prefix)).readAll();
  const records = [...(texts.ok ? texts.value.values() : [])].map(parseRecord)
    .filter((record) => record !== undefined);
  const managed = records.flatMap((record) => record.entries);
  const things = new Set(managed.map(thingOf));
  const left = records.flatMap((record) => record.orphans)
    .filter((orphan) => !things.has(thingOf(orphan)));
  return { managed, left };
}

function withKey({ kind, name, identity }: ManagedEntry) {
  return { key: keyOf(kind, name), identity };
}
