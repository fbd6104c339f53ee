/**
 * The pass over the top level: the outline of a graph.
 *
 * @module
 */

import { didYouMean } from "../base/nearest.ts";
import { holdsSecret } from "../base/secret_token.ts";
import { describeValue, isMap, isNothing, shown } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import { hostsText, isFor, type Only, readOnly } from "./only.ts";
import type { Path } from "./path.ts";

/** A graph file as its top level has it; what is absent or null is empty. */
export interface Outline {
  readonly name: string;
  readonly resources: Readonly<Record<string, unknown>>;
  readonly edges: readonly unknown[];
  readonly collect: readonly unknown[];
  readonly only?: Only;
}

const TOP_KEYS = ["graph", "comment", "resources", "edges", "collect", "only", "values"];

/** Words that other versions and other people use. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  types: "resources",
  vertices: "resources",
  nodes: "resources",
  name: "graph",
  description: "comment",
  dependencies: "edges",
  import: "collect",
  vars: "values",
  variables: "values",
};

/** What other versions have, and what is here in its place. */
const NOT_HERE: Readonly<Record<string, string>> = {
  remote: "each host runs its own mgmt: start it there, for instance with mgmt service install",
  version: "resources are written by kind, as in version 1: file: [{name: …}]",
};

const EXAMPLE = "graph: mygraph";

/** Reads the top level; undefined where it is no map at all. A part of a graph needs no name, and may say nothing. */
export function readOutline(
  value: unknown,
  mistakes: Mistakes,
  { isPart = false } = {},
): Outline | undefined {
  if (isNothing(value) && isPart) {
    mistakes.warning([], "the file says nothing", {
      whole: true,
      hint: "give it another ending, or remove it",
    });
    return { name: "", resources: {}, edges: [], collect: [] };
  }
  if (isNothing(value)) {
    mistakes.error([], "the file is empty", {
      whole: true,
      hint: `begin with a line like "${EXAMPLE}"`,
    });
    return undefined;
  }
  if (!isMap(value)) {
    mistakes.error([], `a graph file must be a map, not ${describeValue(value)}`, {
      hint: `begin with a line like "${EXAMPLE}"`,
    });
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (!TOP_KEYS.includes(key)) reportUnknown(key, mistakes);
  }
  checkComment(value.comment, mistakes);
  for (const key of ["graph", "only"]) {
    if (holdsSecret(value[key])) mistakes.error([key], `${key} cannot hold a secret`);
  }
  const only = readOnly(value.only, mistakes);
  return {
    name: isPart && isNothing(value.graph) ? "" : readName(value, mistakes),
    resources: readResourceMap(value.resources, mistakes),
    edges: readList(value.edges, ["edges"], mistakes),
    collect: readList(value.collect, ["collect"], mistakes),
    ...(only && { only }),
  };
}

/** Reports that a graph is for other hosts than `host`; the result is whether it is for that one. */
export function isForHost(
  { only }: Outline,
  host: string | undefined,
  mistakes: Mistakes,
): boolean {
  if (only === undefined || host === undefined || isFor(only, host)) return true;
  const message = `this graph is for ${hostsText(only)}, and this host is ${host}`;
  mistakes.error(["only", "host"], message, {
    hint: "run it there, or give this host its name with --hostname",
  });
  return false;
}

function reportUnknown(key: string, mistakes: Mistakes): void {
  const other = Object.hasOwn(OTHER_WORDS, key) ? OTHER_WORDS[key] : undefined;
  const hint = Object.hasOwn(NOT_HERE, key)
    ? NOT_HERE[key]
    : other === undefined
    ? didYouMean(key, TOP_KEYS)
    : `did you mean "${other}"?`;
  mistakes.error([key], `the key ${shown(key)} is unknown`, {
    part: "key",
    hint: hint ?? `at the top of a graph file there can be: ${TOP_KEYS.join(", ")}`,
  });
}

function checkComment(comment: unknown, mistakes: Mistakes): void {
  if (typeof comment === "string" || isNothing(comment)) return;
  const message = `comment must be text, not ${describeValue(comment)}`;
  mistakes.error(["comment"], message, { quote: typeof comment !== "object" });
}

function readName(value: Readonly<Record<string, unknown>>, mistakes: Mistakes): string {
  const name = Object.hasOwn(value, "graph") ? value.graph : undefined;
  if (typeof name === "string" && name !== "") return name;
  if (isNothing(name) || name === "") {
    mistakes.error(["graph"], "the graph has no name", {
      whole: !Object.hasOwn(value, "graph"),
      hint: `add a line like "${EXAMPLE}"`,
    });
  } else {
    const message = `graph must be text, the name of the graph, not ${describeValue(name)}`;
    mistakes.error(["graph"], message, { quote: typeof name !== "object" });
  }
  return "";
}

function readResourceMap(
  value: unknown,
  mistakes: Mistakes,
): Readonly<Record<string, unknown>> {
  if (isMap(value)) return value;
  if (!isNothing(value)) {
    mistakes.error(["resources"], `resources must be a map, not ${describeValue(value)}`, {
      hint: "write a kind and below it a list: file: [{name: …}]; order is said below edges",
    });
  }
  return {};
}

/** A list that may be absent or null. */
export function readList(value: unknown, path: Path, mistakes: Mistakes): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isNothing(value)) {
    const where = path[path.length - 1];
    mistakes.error(path, `${where} must be a list, not ${describeValue(value)}`, {
      hint: "begin each entry with a dash: - name: …",
    });
  }
  return [];
}
