import { isInRange } from "../../src/cluster/store/keys.ts";
import type { Compare, StoreEntry, StoreTransaction } from "../../src/cluster/store/store.ts";

/** The keys of a store, as transactions leave them. */
export class KeyTable {
  readonly entries = new Map<string, StoreEntry>();
  #revision = 100;

  put(key: string, value: string): number {
    const createRevision = this.entries.get(key)?.createRevision ?? ++this.#revision;
    const modRevision = this.entries.has(key) ? ++this.#revision : createRevision;
    const version = 1;
    this.entries.set(key, { key, value, createRevision, modRevision, version });
    return createRevision;
  }

  get all(): readonly StoreEntry[] {
    return [...this.entries.values()];
  }

  /** Whether its conditions held; then it is done. */
  transact({ when, then }: StoreTransaction): boolean {
    if (!when.every((condition) => this.#holds(condition))) return false;
    for (const operation of then) {
      if (operation.type === "put") this.put(operation.key, operation.value);
      else if (operation.type === "delete") this.entries.delete(operation.key);
      else if (operation.type === "deleteRange") {
        for (const key of [...this.entries.keys()]) {
          if (isInRange(operation.range, key)) this.entries.delete(key);
        }
      }
    }
    return true;
  }

  #holds(condition: Compare): boolean {
    const entry = this.entries.get(condition.key);
    if ("create" in condition) return (entry?.createRevision ?? 0) === condition.create;
    if ("mod" in condition) return (entry?.modRevision ?? 0) === condition.mod;
    return entry?.value === condition.value;
  }
}
