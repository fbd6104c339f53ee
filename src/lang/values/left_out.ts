import { keyOf } from "../../kind/resource.ts";
import { isMap } from "../describe.ts";
import { endKey } from "./when.ts";

/** Resources of all documents that are not for this host. */
export class LeftOutResources {
  readonly #keys = new Set<string>();
  readonly #resources: unknown[] = [];
  #kept: ReadonlySet<string> | undefined;

  /** One is left out. */
  add(kind: string, name: unknown): void {
    if (typeof name === "string") this.#keys.add(keyOf(kind, name));
  }

  /** What is left of the resources of a document. */
  keep(resources: unknown): void {
    this.#resources.push(resources);
  }

  /** Whether there is any. */
  get some(): boolean {
    return this.#keys.size > 0;
  }

  /** Whether an edge begins or ends at one. Of the same name there may be another, which is for this host. */
  has(edge: unknown): boolean {
    return isMap(edge) &&
      [edge.from, edge.to].map(endKey).some((key) =>
        key !== undefined && this.#keys.has(key) && !this.#isKept(key)
      );
  }

  #isKept(key: string): boolean {
    this.#kept ??= new Set(this.#resources.flatMap(keysOf));
    return this.#kept.has(key);
  }
}

function keysOf(resources: unknown): readonly string[] {
  if (!isMap(resources)) return [];
  return Object.entries(resources).flatMap(([kind, list]) =>
    !Array.isArray(list)
      ? []
      : list.flatMap((entry) =>
        isMap(entry) && typeof entry.name === "string" ? [keyOf(kind, entry.name)] : []
      )
  );
}
