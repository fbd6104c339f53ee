/**
 * The reversals of a run, loaded when there is something to reverse: most graphs have none.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { LeftRefresh, ReversalKeeper } from "../../engine/options.ts";
import type { Resource } from "../../kind/resource.ts";
import type { ThingBefore, ThingChange, UndoRecord } from "../../kind/undo.ts";
import { isThere } from "../agent_prefix.ts";
import type { ComposedGraph } from "../graph/composer.ts";
import { thingOf } from "../managed/managed_record.ts";
import { keptIdentity } from "../managed/next_record.ts";
import { reversalDirectory } from "./reversal_directory.ts";
import type { ReversalParts, Reversals } from "./reversals.ts";

type Parts = Omit<ReversalParts, "prefix" | "reversed"> & { readonly prefix: string | undefined };

/** What the engine tells, and the agent asks. */
export class ReversePart implements ReversalKeeper {
  readonly #parts: () => Parts;
  /** What this run has taken back, by what it is about. */
  readonly reversed = new Set<string>();
  #loaded: Promise<Reversals> | undefined;
  #graph: ComposedGraph | undefined;

  /** `parts` is asked when it is first needed. */
  constructor(parts: () => Parts) {
    this.#parts = parts;
  }

  async begin(resource: Resource, before: readonly ThingBefore[]): Promise<Failure | undefined> {
    const reversals = await this.#load();
    return reversals?.begin(resource, before);
  }

  async done(resource: Resource, record: UndoRecord): Promise<void> {
    const reversals = await this.#load();
    reversals?.done(resource, record);
  }

  /** An operator took changes of a resource back. */
  async takenBack(key: string, changes: readonly ThingChange[]): Promise<void> {
    if (!this.#hasRecords()) return;
    const reversals = await this.#load();
    reversals?.takenBack(key, changes);
  }

  /** This graph is about to be in force: what was put together for it. */
  next(graph: ComposedGraph): void {
    this.#graph = graph;
    if (this.reversed.size === 0) return;
    for (const { kind, params } of graph.graph.vertices.values()) {
      this.reversed.delete(thingOf({ kind: kind.kind, identity: keptIdentity(kind, params) }));
    }
  }

  async left(): Promise<readonly LeftRefresh[]> {
    const needed = this.#hasRecords() ||
      [...this.#graph?.graph.vertices.values() ?? []].some(({ meta }) => meta.reverse);
    const reversals = needed ? await this.#load() : undefined;
    return await reversals?.left(this.#graph) ?? [];
  }

  #hasRecords(): boolean {
    const { prefix } = this.#parts();
    return prefix !== undefined && isThere(reversalDirectory(prefix));
  }

  async #load(): Promise<Reversals | undefined> {
    const { prefix, ...parts } = this.#parts();
    if (prefix === undefined) return undefined;
    this.#loaded ??= import("./reversals.ts").then(({ Reversals }) =>
      new Reversals({ ...parts, prefix, reversed: this.reversed })
    );
    return await this.#loaded;
  }
}
