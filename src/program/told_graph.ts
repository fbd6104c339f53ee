/**
 * How a child tells its agent a graph: what it told before is not told again, so that one resource of a thousand
 * that is another is a short line. The agent then has the same objects for what stayed.
 *
 * @module
 */

import type { ProgramGraph, ToldGraph, ToldList, ToldRun } from "./protocol.ts";

/** Knows what was told. */
export class GraphTeller {
  #texts = new Map<string, readonly string[]>();

  /**
   * A {@linkcode ToldGraph} as JSON. Undefined: the whole graph is longer than so many characters, and nothing is
   * told.
   */
  tell({ resources, edges, collect }: ProgramGraph, limit: number): string | undefined {
    const texts = new Map<string, readonly string[]>();
    let length = 0;
    const listOf = (key: string, list: readonly object[]): string => {
      const now = list.map((entry) => JSON.stringify(entry));
      texts.set(key, now);
      for (const text of now) length += text.length + 1;
      return withRuns(now, this.#texts.get(key) ?? []);
    };
    const kinds = Object.entries(resources).map(([kind, list]) =>
      `${JSON.stringify(kind)}:${listOf(`r ${kind}`, list)}`
    );
    const told = `{"resources":{${kinds.join(",")}},` +
      `"edges":${listOf("edges", edges)},"collect":${listOf("collect", collect)}}`;
    if (length > limit) return undefined;
    this.#texts = texts;
    return told;
  }
}

/** A {@linkcode ToldList} as JSON, of entries that are JSON already. */
function withRuns(now: readonly string[], before: readonly string[]): string {
  const told: (string | [number, number])[] = [];
  let places: Map<string, number> | undefined;
  let run: [number, number] | undefined;
  for (const [index, text] of now.entries()) {
    const next = run === undefined ? index : run[0] + run[1];
    if (before.length > 0 && before[next] !== text) {
      places ??= new Map(before.map((each, at) => [each, at]));
    }
    const at = before[next] === text ? next : places?.get(text);
    if (at === undefined) {
      told.push(text);
      run = undefined;
    } else if (run !== undefined && at === next) {
      run[1]++;
    } else {
      run = [at, 1];
      told.push(run);
    }
  }
  return `[${told.map((each) => typeof each === "string" ? each : `[${each}]`).join(",")}]`;
}

/** Hears what a teller tells. */
export class GraphHearer {
  #last: ProgramGraph = { resources: {}, edges: [], collect: [] };

  hear({ resources, edges, collect }: ToldGraph): ProgramGraph {
    const { resources: before } = this.#last;
    const kinds = Object.entries(resources).map(([kind, list]) =>
      [kind, withoutRuns(list, Object.hasOwn(before, kind) ? before[kind] ?? [] : [])] as const
    );
    return this.#last = {
      resources: Object.assign(Object.create(null), Object.fromEntries(kinds)),
      edges: withoutRuns(edges, this.#last.edges),
      collect: withoutRuns(collect, this.#last.collect),
    };
  }
}

function withoutRuns<T extends object>(list: ToldList<T>, before: readonly T[]): readonly T[] {
  return list.flatMap((each) => isRun(each) ? before.slice(each[0], each[0] + each[1]) : [each]);
}

function isRun(each: object): each is ToldRun {
  return Array.isArray(each);
}
