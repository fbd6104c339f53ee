/**
 * When what counts for a time ends: by this host's own clock, from when it first saw it. The clocks of hosts
 * may be years apart, and who leads next begins anew.
 *
 * @module
 */

/** What counts for a time. */
export interface TimeSpan {
  readonly id: string;
  /** Of what was removed and made again, the time begins anew. */
  readonly createRevision: number;
  readonly forMs: number;
}

/** The ends of all that is there. */
export class EndTimes {
  #ends: ReadonlyMap<string, number> = new Map();

  /** All that there is now. */
  heard(spans: readonly TimeSpan[], now: number): void {
    const ends = this.#ends;
    this.#ends = new Map(spans.map((span) => {
      const name = nameOf(span);
      return [name, ends.get(name) ?? now + span.forMs];
    }));
  }

  /** When that one ends; it is the caller's to know that it is there. */
  of(span: TimeSpan): number {
    return this.#ends.get(nameOf(span)) ?? Infinity;
  }

  /** When the next one ends. */
  get next(): number {
    return Math.min(Infinity, ...this.#ends.values());
  }
}

function nameOf({ id, createRevision }: TimeSpan): string {
  return `${id} ${createRevision}`;
}
