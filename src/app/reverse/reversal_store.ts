/**
 * What resources with `reverse: true` have changed since they came, as it is kept below the prefix: a file
 * for each, durable before the change, and copies that no limit of copies takes away.
 *
 * @module
 */

import { isJsonObject, parseJson } from "../../base/json.ts";
import { type Failure, ok, type Result } from "../../base/result.ts";
import type { Host } from "../../host/host.ts";
import type { ThingBefore, ThingChange } from "../../kind/undo.ts";
import { allTogether } from "../../kind/undo_together.ts";
import { keyOf } from "../../kind/resource.ts";
import { stateDirectory, stateName } from "../../os/state/state_directory.ts";
import { reversalDirectory } from "./reversal_directory.ts";
import { thingOf } from "../managed/managed_record.ts";

/** What one resource has changed. */
export interface ReversalRecord {
  readonly kind: string;
  readonly name: string;
  /** What it is about, by which it is known under another name. */
  readonly identity: string;
  /** Whose graph it is in. */
  readonly source: string;
  /** Its place in the order of its graph: what depends on others has a higher one. */
  readonly rank: number;
  /** Keys of the resources that hear of its changes. */
  readonly notifies: readonly string[];
  /** What was before its first change, and what is after its last. */
  readonly things: readonly ThingChange[];
  /** What a change was about to touch that has not ended. */
  readonly begun?: readonly ThingBefore[];
  readonly lacks?: string;
}

const VERSION = 1;

/** The records of a prefix. */
export class ReversalStore {
  readonly #prefix: string;
  readonly #files: Host["files"];
  #records: Map<string, ReversalRecord> | undefined;

  constructor(prefix: string, files: Host["files"]) {
    this.#prefix = prefix;
    this.#files = files;
  }

  /** All of them, by what they are about. */
  all(): Result<ReadonlyMap<string, ReversalRecord>> {
    const loaded = this.#load();
    return loaded.ok ? ok(loaded.value) : loaded;
  }

  /** Replaces one; durable when it returns. */
  put(record: ReversalRecord): Failure | undefined {
    const loaded = this.#load();
    if (!loaded.ok) return loaded.failure;
    const thing = thingOf(record);
    const text = JSON.stringify({ v: VERSION, ...record });
    const written = stateDirectory(reversalDirectory(this.#prefix)).write(fileOf(thing), text);
    if (!written.ok) return written.failure;
    loaded.value.set(thing, record);
    return undefined;
  }

  /** Forgets one, and the copies that it alone needs. */
  drop(record: ReversalRecord): Failure | undefined {
    const loaded = this.#load();
    if (!loaded.ok) return loaded.failure;
    const thing = thingOf(record);
    const removed = stateDirectory(reversalDirectory(this.#prefix)).remove(fileOf(thing));
    if (!removed.ok) return removed.failure;
    loaded.value.delete(thing);
    this.#letGo(sumsIn(record.things), loaded.value);
    return undefined;
  }

  /** What no record needs any more goes the way of other copies. */
  #letGo(sums: readonly string[], records: ReadonlyMap<string, ReversalRecord>): void {
    const needed = new Set([...records.values()].flatMap(({ things }) => sumsIn(things)));
    for (const sum of sums) if (!needed.has(sum)) this.#files.unpin(sum);
  }

  /** Adds what a change did, and keeps the copies for good that taking it back needs. */
  add(
    record: ReversalRecord,
    changes: readonly ThingChange[],
    lacks?: string,
  ): Failure | undefined {
    const things = allTogether([...record.things, ...changes]);
    for (const sum of sumsIn(things)) this.#files.pin(sum);
    const { begun: _begun, ...rest } = record;
    const more = lacks ?? record.lacks;
    const unwritten = this.put({
      ...rest,
      things,
      ...(more === undefined ? {} : { lacks: more }),
    });
    if (unwritten === undefined) this.#letGo(sumsIn(record.things), this.#records ?? new Map());
    return unwritten;
  }

  /** What somebody took back of a resource by hand is not the resource's change any more. */
  takenBack(key: string, changes: readonly ThingChange[]): Failure | undefined {
    const loaded = this.#load();
    if (!loaded.ok) return loaded.failure;
    const record = [...loaded.value.values()].find(({ kind, name }) => keyOf(kind, name) === key);
    return record === undefined ? undefined : this.add(record, changes);
  }

  #load(): Result<Map<string, ReversalRecord>> {
    if (this.#records !== undefined) return ok(this.#records);
    const texts = stateDirectory(reversalDirectory(this.#prefix)).readAll();
    if (!texts.ok) return texts;
    const records = new Map<string, ReversalRecord>();
    for (const text of texts.value.values()) {
      const record = recordIn(text);
      if (record !== undefined) records.set(thingOf(record), record);
    }
    this.#records = records;
    return ok(records);
  }
}

function fileOf(thing: string): string {
  return `${stateName(thing)}.json`;
}

/** Others write that file, too: what is no record is passed over. */
function recordIn(text: string): ReversalRecord | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value)) return undefined;
  const { kind, name, identity, source, rank, notifies, things } = value;
  const texts = [kind, name, identity, source];
  const isOne = texts.every((each) => typeof each === "string") && typeof rank === "number" &&
    Array.isArray(notifies) && Array.isArray(things) && things.every(isChange);
  return isOne ? value as unknown as ReversalRecord : undefined;
}

function isChange(value: unknown): boolean {
  return isJsonObject(value) && typeof value["is"] === "string" &&
    typeof value["name"] === "string" && isJsonObject(value["before"]) &&
    isJsonObject(value["after"]);
}

/** Sums of the contents that were there before. */
function sumsIn(things: readonly ThingChange[]): readonly string[] {
  return things.flatMap(({ before }) =>
    Object.values(before).filter((value): value is string =>
      typeof value === "string" && /^[0-9a-f]{64}$/.test(value)
    )
  );
}
