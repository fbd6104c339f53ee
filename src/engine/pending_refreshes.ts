import type { Failure } from "../base/result.ts";
import type { Edge } from "../graph/graph.ts";
import type { PendingRefresh } from "./debts.ts";
import type { EngineOptions, LeftRefresh } from "./options.ts";
import type { Vertex } from "./vertex.ts";

/** Keeps what the vertices are owed and what is written down of it the same. */
export class PendingRefreshes {
  readonly #options: EngineOptions;
  #graph = "";
  #changes = 0;
  /** What this run has owed so far, by both ends. */
  readonly #ofThisRun = new Set<string>();

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /**
   * Brings debts in line with a graph: takes up what earlier runs left, drops (and says so) what
   * has lost its edge or its target. With noop they are only read: who looks should see them.
   */
  async open(
    graph: string,
    vertices: ReadonlyMap<string, Vertex>,
    edges: readonly Edge[],
  ): Promise<void> {
    this.#graph = graph;
    const loaded = await this.#options.debts.load(graph);
    if (!loaded.ok) return this.#warn(loaded.failure);
    if (loaded.value.length === 0) return;
    const notifying = new Set(
      edges.filter((edge) => edge.notify).map((edge) => pair(edge.from, edge.to)),
    );
    for (const debt of loaded.value) {
      const target = vertices.get(debt.target);
      const stands = debt.left === true || target?.resource.kind.junction === true ||
        notifying.has(pair(debt.source, debt.target));
      if (target !== undefined && stands) {
        target.owed.set(debt.source, ++this.#changes);
        if (!this.#ofThisRun.has(pair(debt.source, debt.target))) {
          (target.earlier ??= new Set()).add(debt.source);
        }
      } else if (!this.#options.noop) {
        target?.owed.delete(debt.source);
        await this.#strike(debt);
        const { source, target: lost } = debt;
        this.#options.emit({ type: "refresh-dropped", source, target: lost });
      }
    }
  }

  /** Before a vertex changes: its notify targets are owed a refresh. */
  async owe(vertex: Vertex): Promise<Failure | undefined> {
    const source = vertex.resource.key;
    for (const target of vertex.notifies) {
      this.#ofThisRun.add(pair(source, target.resource.key));
      target.earlier?.delete(source);
      if (target.owed.has(source)) {
        target.owed.set(source, ++this.#changes);
        continue;
      }
      const debt = { graph: this.#graph, source, target: target.resource.key };
      const written = await this.#options.debts.add(debt);
      if (!written.ok) return written.failure;
      target.owed.set(source, ++this.#changes);
    }
    return undefined;
  }

  /**
   * What left the graph was reversed, which is written down: those who heard of it hear of that.
   *
   * @returns their keys
   */
  oweFor(
    reversed: readonly LeftRefresh[],
    vertices: ReadonlyMap<string, Vertex>,
  ): readonly string[] {
    const owed: string[] = [];
    for (const { by, to } of reversed) {
      for (const key of to) {
        const target = vertices.get(key);
        if (target === undefined) continue;
        target.owed.set(by, ++this.#changes);
        target.earlier?.delete(by);
        owed.push(key);
      }
    }
    return owed;
  }

  /** After a vertex was refreshed: strikes out what it was owed when that began. */
  async settle(vertex: Vertex, owed: ReadonlyMap<string, number>): Promise<void> {
    for (const [source, change] of owed) {
      if (vertex.owed.get(source) !== change) continue;
      vertex.owed.delete(source);
      vertex.earlier?.delete(source);
      await this.#strike({ graph: this.#graph, source, target: vertex.resource.key });
    }
  }

  async #strike(debt: PendingRefresh): Promise<void> {
    if (this.#options.noop) return;
    const removed = await this.#options.debts.remove(debt);
    if (!removed.ok) this.#warn(removed.failure);
  }

  #warn(failure: Failure): void {
    this.#options.emit({ type: "warning", text: failure.message });
  }
}

function pair(source: string, target: string): string {
  return JSON.stringify([source, target]);
}
