import { LIMITS } from "../../base/limits.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Candidate } from "./acyclic.ts";
import type { Tied } from "./gather.ts";
import type { Reason } from "./reasons.ts";

/**
 * Collects the edges that might be added: each pair of resources once, for its surest reason, and
 * none that is explicit.
 */
export class Candidates {
  readonly #size: number;
  readonly #explicit: ReadonlySet<number>;
  readonly #byEnds = new Map<number, Candidate>();
  readonly #limit: number;

  constructor(graph: Graph<unknown>) {
    this.#size = graph.vertices.size;
    this.#explicit = endsOf(graph);
    this.#limit = LIMITS.edges - graph.edges.length;
  }

  /** Whether there would be more edges than are allowed; then they are not all here. */
  get tooMany(): boolean {
    return this.#byEnds.size > this.#limit;
  }

  /** One resource needs what another one gives. */
  add(giver: Tied, holder: Tied, reason: Reason): void {
    const { back, rank } = reason;
    const turned = back !== undefined && giver.removes && holder.removes;
    const from = turned ? holder : giver;
    const to = turned ? giver : holder;
    const ends = from.number * this.#size + to.number;
    const earlier = this.#byEnds.get(ends);
    if (this.tooMany) return;
    if (earlier !== undefined && earlier.rank <= rank || this.#explicit.has(ends)) return;
    this.#byEnds.set(ends, {
      edge: {
        name: turned ? back : reason.text,
        from: from.key,
        to: to.key,
        notify: false,
        automatic: true,
      },
      rank,
      from: from.number,
      to: to.number,
    });
  }

  all(): readonly Candidate[] {
    return [...this.#byEnds.values()];
  }
}

/** The ends of the explicit edges, each pair as one number. */
function endsOf({ vertices, edges }: Graph<unknown>): ReadonlySet<number> {
  if (edges.length === 0) return new Set();
  const numbers = new Map([...vertices.keys()].map((key, index) => [key, index]));
  return new Set(
    edges.map(({ from, to }) => numbers.get(from)! * numbers.size + numbers.get(to)!),
  );
}
