/**
 * The values of a graph: maps that lie over each other, the last on top.
 *
 * @module
 */

import { isMap } from "../describe.ts";
import type { WrittenNumbers } from "../document.ts";
import type { Path } from "../path.ts";

/** Where a value is written: in which of the documents, and where there. */
export interface ValuePlace {
  readonly document: number;
  readonly path: Path;
}

/** A value as it is written, which may refer to others. */
export type ValueNode =
  | {
    readonly type: "map";
    readonly place: ValuePlace;
    readonly entries: Map<string, ValueNode>;
  }
  | {
    readonly type: "leaf";
    readonly place: ValuePlace;
    readonly value: unknown;
    /** How a number is written, where that says more. */
    readonly written?: string | undefined;
    /** How the numbers inside of it are. */
    readonly numbers: WrittenNumbers | undefined;
  };

type MapNode = Extract<ValueNode, { type: "map" }>;

/** All values of a graph. */
export class ValueScope {
  readonly #root: MapNode = {
    type: "map",
    place: { document: 0, path: [] },
    entries: new Map(),
  };

  readonly #numbers = new Set<WrittenNumbers>();

  /** Lays a map over what there is: of one name the last counts, maps are put together key by key. */
  add(map: Readonly<Record<string, unknown>>, place: ValuePlace, numbers?: WrittenNumbers): void {
    if (numbers !== undefined) this.#numbers.add(numbers);
    lay(this.#root, map, place, numbers);
  }

  /** How a number in a list or map of a value is written, where that says more. */
  written(holder: object, key: string): string | undefined {
    for (const numbers of this.#numbers) {
      const written = numbers.get(holder)?.get(key);
      if (written !== undefined) return written;
    }
    return undefined;
  }

  /** What stands under a name, or the longest way to it: its last part is undefined there. */
  find(name: readonly string[]): ValueNode | undefined {
    let node: ValueNode | undefined = this.#root;
    for (const part of name) {
      if (node?.type !== "map") return undefined;
      node = node.entries.get(part);
    }
    return node;
  }

  /**
   * The value that is no map of the graph's own on the way to a name, and what of the name is left:
   * `${hosts.0}` of a list.
   */
  findInside(
    name: readonly string[],
  ): { readonly node: ValueNode; readonly rest: readonly string[] } | undefined {
    for (let length = name.length; length > 0; length--) {
      const node = this.find(name.slice(0, length));
      if (node !== undefined) return { node, rest: name.slice(length) };
    }
    return undefined;
  }

  /** Where everything is written, by its name. */
  places(): ReadonlyMap<string, ValuePlace> {
    const found = new Map<string, ValuePlace>();
    const walk = (node: ValueNode, name: string) => {
      if (name !== "") found.set(name, node.place);
      if (node.type !== "map" || found.size > NAMES_MAX) return;
      for (const [key, each] of node.entries) walk(each, name === "" ? key : `${name}.${key}`);
    };
    walk(this.#root, "");
    return found;
  }
}

/** Names that are told of: to be compared with a mistyped one, or with their places. */
const NAMES_MAX = 10_000;

function lay(
  node: MapNode,
  map: Readonly<Record<string, unknown>>,
  { document, path }: ValuePlace,
  numbers: WrittenNumbers | undefined,
): void {
  for (const key of Object.keys(map)) {
    const value = map[key];
    const place = { document, path: [...path, key] };
    if (!isMap(value)) {
      const written = typeof value === "number" ? numbers?.get(map)?.get(key) : undefined;
      node.entries.set(key, { type: "leaf", place, value, written, numbers });
      continue;
    }
    const before = node.entries.get(key);
    const below: MapNode = before?.type === "map"
      ? before
      : { type: "map", place, entries: new Map() };
    node.entries.set(key, below);
    lay(below, value, place, numbers);
  }
}
