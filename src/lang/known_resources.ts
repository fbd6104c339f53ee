import type { AnyKind } from "../kind/kind.ts";
import type { Resource } from "../kind/resource.ts";

/**
 * What came of the entries of one source, for when the very same objects are read again: of a program that is
 * evaluated once more, one of a thousand is another. Nobody may change such an object.
 */
export class KnownResources {
  readonly #resources = new WeakMap<object, { resource: Resource; directory: string }>();

  /** What came of that entry, as one of that kind below that directory; undefined: it was not read, or not so. */
  of(entry: unknown, kind: AnyKind, directory: string): Resource | undefined {
    const known = typeof entry === "object" && entry !== null && this.#resources.get(entry);
    if (!known || known.directory !== directory || known.resource.kind !== kind) return undefined;
    return known.resource;
  }

  /** Only what depends on nothing else, and of which there is nothing to say. */
  keep(entry: object, resource: Resource, directory: string): void {
    this.#resources.set(entry, { resource, directory });
  }
}
