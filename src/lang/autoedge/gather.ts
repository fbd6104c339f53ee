/**
 * What the resources of a graph give and need, by the words of `kind/ties.ts`.
 *
 * @module
 */

import { parentOf } from "../../base/parent.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Resource } from "../../kind/resource.ts";
import type { Needed, Provided } from "../../kind/ties.ts";

/** A resource that takes part. */
export interface Tied {
  readonly key: string;
  /** Its place in the graph. */
  readonly number: number;
  readonly provides: readonly Provided[];
  readonly removes: boolean;
}

/** Somebody needs something. */
export interface Need {
  readonly holder: Tied;
  /** What is needed, without the word; with it where it is looked for as it is provided. */
  readonly value: string;
}

/** Somebody needs something that depends on a path and on the directory that it is in. */
export interface PathNeed extends Need {
  /** For the path / the directory is that, too. */
  readonly directory: string;
}

/** The words in which something is needed. */
export type NeedWord = Needed extends `${infer Word}:${string}` ? Word : never;

/** Who takes part, and what they need by word, so that each word is gone through in one go. */
export interface Gathered {
  readonly tied: readonly Tied[];
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
  const needs = byWord();
  let number = -1;
  for (const { key, kind, params, meta } of graph.vertices.values()) {
    number++;
    if (!meta.autoedge || kind.ties === undefined || kind.unavailable !== undefined) continue;
    const { needs: needed = NOTHING, provides = NOTHING, removes = false } = kind.ties(params);
    const holder: Tied = { key, number, provides, removes };
    tied.push(holder);
    for (const need of needed) sort(need, holder, needs);
  }
  return { tied, needs };
}

function byWord(): Needs {
  return { "within": [], "package-of": [], path: [], unit: [], user: [], group: [], package: [] };
}

function sort(need: Needed, holder: Tied, needs: Needs): void {
  // The two that every file has come first.
  if (need.startsWith("within:")) needs.within.push(pathNeed(need, holder));
  else if (need.startsWith("package-of:")) {
    const last = needs.within.at(-1);
    // Mostly both are about one path; it is taken apart, and later looked up, as the same text.
    const same = last?.holder === holder && need.endsWith(last.value) &&
      need.length === "package-of:".length + last.value.length;
    needs["package-of"].push(same ? last : pathNeed(need, holder));
  } else if (need.startsWith("user:")) needs.user.push({ holder, value: need });
  else if (need.startsWith("group:")) needs.group.push({ holder, value: need });
  else if (need.startsWith("path:")) needs.path.push({ holder, value: valueOf(need) });
  else if (need.startsWith("unit:")) needs.unit.push({ holder, value: valueOf(need) });
  else needs.package.push({ holder, value: need });
}

function pathNeed(need: Needed, holder: Tied): PathNeed {
  const value = valueOf(need);
  return { holder, value, directory: parentOf(value) };
}

/** The part of a tie behind its word. */
export function valueOf(tie: string): string {
  return tie.slice(tie.indexOf(":") + 1);
}
