/**
 * Has a folded graph laid out by the worker. Of several questions in a row only the last is answered.
 *
 * @module
 */

import type { DrawnEdge, FoldedGraph } from "./folding.ts";
import type { LayoutAnswer, LayoutQuestion, Point } from "./layout.ts";

/** A folded graph with the place of everything. */
export interface Drawing {
  readonly folded: FoldedGraph;
  readonly widths: ReadonlyMap<string, number>;
  readonly places: ReadonlyMap<string, Point>;
  readonly lines: readonly { readonly edge: DrawnEdge; readonly way: readonly Point[] }[];
  readonly width: number;
  readonly height: number;
}

/** The worker, and who waits for it. */
export class DrawingRoom {
  readonly #worker = new Worker("/assets/worker.js", { type: "module" });
  readonly #drawn: (drawing: Drawing) => void;
  #number = 0;
  #asked:
    | { readonly folded: FoldedGraph; readonly widths: ReadonlyMap<string, number> }
    | undefined;

  /** `drawn`: is told of each drawing that is wanted still when it is made. */
  constructor(drawn: (drawing: Drawing) => void) {
    this.#drawn = drawn;
    this.#worker.addEventListener("message", ({ data }: MessageEvent<LayoutAnswer>) => {
      this.#take(data);
    });
  }

  /** Has it drawn, with boxes of those widths. */
  draw(folded: FoldedGraph, widths: ReadonlyMap<string, number>): void {
    this.#asked = { folded, widths };
    const question: LayoutQuestion = {
      number: ++this.#number,
      nodes: folded.nodes.map(({ id }) => ({ id, width: widths.get(id) ?? 0 })),
      edges: folded.edges.map(({ from, to }) => [from, to]),
    };
    this.#worker.postMessage(question);
  }

  close(): void {
    this.#worker.terminate();
  }

  #take({ number, places, ways, width, height }: LayoutAnswer): void {
    if (number !== this.#number || this.#asked === undefined) return;
    const { folded, widths } = this.#asked;
    const lines = folded.edges.map((edge, index) => ({ edge, way: ways[index] ?? [] }));
    this.#drawn({ folded, widths, places, lines, width, height });
  }
}
