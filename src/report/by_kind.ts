import { kindOf } from "../base/words.ts";

/** Something for each kind, found by the keys of resources. */
export class ByKind<T> {
  readonly kinds = new Map<string, T>();
  readonly #make: () => T;
  /** Resources of a kind mostly come together: how the last key began, and what was found for it. */
  #begins = "[";
  #last: T | undefined;

  constructor(make: () => T) {
    this.#make = make;
  }

  /** That of the kind that a key is of, made where there is none. */
  of(key: string): T {
    if (this.#last !== undefined && key.startsWith(this.#begins)) return this.#last;
    const kind = kindOf(key);
    let found = this.kinds.get(kind);
    if (found === undefined) this.kinds.set(kind, found = this.#make());
    this.#begins = `${kind}[`;
    return this.#last = found;
  }

  /** Forgets that of a key's kind. */
  drop(key: string): void {
    this.kinds.delete(kindOf(key));
    this.#last = undefined;
  }
}
