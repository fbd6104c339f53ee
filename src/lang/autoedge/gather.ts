/**
 * What the resources of a graph give and need, by the words of `kind/relations.ts`.
 *
 * @module
 */

import { parentOf } from "../../base/parent.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import type { Needed, Provided } from "../../kind/relations.ts";

/** A resource that takes part. */
export interface Tied {
  readonly key: string;
  /** Its place in the graph. */
  readonly number: number;
  /** A path that it provides, beside what else it does. */
  readonly entry: string | undefined;
  readonly provides: readonly Provided[];
  readonly removes: boolean;
}

/** A directory that something is in; what is found out about it is found out once for all of that. */
export interface RelationPlace {
  readonly number: number;
  readonly directory: string;
}

/** Somebody needs something. */
export interface Need {
  readonly holder: Tied;
  /** What is needed, without the word; with it where it is looked for as it is provided. */
  readonly value: string;
}

/** Somebody needs something that depends on a path and on the directory that it is in. */
export interface PathNeed extends Need {
  /** For the path / it is that, too. */
  readonly place: RelationPlace;
}

/** The words in which something is needed. */
export type NeedWord = Needed extends `${infer Word}:${string}` ? Word : never;

/** Who takes part, and what they need by word, so that each word is gone through in one go. */
export interface Gathered {
  readonly tied: readonly Tied[];
  /** By number. */
  readonly places: readonly RelationPlace[];
  readonly needs: { readonly [Word in NeedWord]: readonly NeedOf<Word>[] };
}

type NeedOf<Word> = Word extends "within" | "package-of" ? PathNeed : Need;
type Needs = { readonly [Word in NeedWord]: NeedOf<Word>[] };

const NOTHING: readonly never[] = [];

/**
 * The resources that take part, in the graph's order. One that cannot be run would hold others up
 * for nothing.
 */
export function gatherTies(graph: Graph<Resource>): Gathered {
  const tied: Tied[] = [];
  const places = new RelationPlaces();
  const needs = byWord();
  let number = -1;
  for (const { key, kind, params, meta } of graph.vertices.values()) {
    number++;
    if (!meta.autoedge || kind.relations === undefined || kind.unavailable !== undefined) continue;
    const { entry, needs: needed = NOTHING, provides = NOTHING, removes = false } = kind.relations(
      params,
    );
    const holder: Tied = { key, number, entry, provides, removes };
    tied.push(holder);
    if (entry !== undefined) {
      const need = { holder, value: entry, place: places.of(entry) };
      needs.within.push(need);
      needs["package-of"].push(need);
    }
    for (const need of needed) sort(need, holder, needs, places);
  }
  return { tied, places: places.all, needs };
}

/** The directories that were named so far. */
class RelationPlaces {
  readonly all: RelationPlace[] = [];
  readonly #byDirectory = new Map<string, RelationPlace>();

  /** The one that a path is in. */
  of(path: string): RelationPlace {
    const directory = parentOf(path);
    let place = this.#byDirectory.get(directory);
    if (place === undefined) {
      place = { number: this.all.length, directory };
      this.all.push(place);
      this.#byDirectory.set(directory, place);
    }
    return place;
  }
}

function byWord(): Needs {
  return {
    "within": [],
    "package-of": [],
    path: [],
    "entries-of": [],
    unit: [],
    user: [],
    group: [],
    package: [],
  };
}

function sort(need: Needed, holder: Tied, needs: Needs, places: RelationPlaces): void {
  if (need.startsWith("user:")) needs.user.push({ holder, value: need });
  else if (need.startsWith("group:")) needs.group.push({ holder, value: need });
  else if (need.startsWith("within:")) needs.within.push(pathNeed(need, holder, places));
  else if (need.startsWith("package-of:")) needs["package-of"].push(pathNeed(need, holder, places));
  else if (need.startsWith("path:")) needs.path.push({ holder, value: valueOf(need) });
  else if (need.startsWith("entries-of:")) {
    needs["entries-of"].push({ holder, value: valueOf(need) });
  } else if (need.startsWith("unit:")) needs.unit.push({ holder, value: valueOf(need) });
  else needs.package.push({ holder, value: need });
}

function pathNeed(need: Needed, holder: Tied, places: RelationPlaces): PathNeed {
  const value = valueOf(need);
  return { holder, value, place: places.of(value) };
}

/** The part of a tie behind its word. */
export function valueOf(tie: string): string {
  return tie.slice(tie.indexOf(":") + 1);
}
