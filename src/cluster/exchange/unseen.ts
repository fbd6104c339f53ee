/**
 * What hosts offered in the cluster that was, and have not said in the one that is: a new cluster (of
 * another run, restored from a snapshot) knows nothing of who has not come to it yet, and withdraws
 * nothing of theirs.
 *
 * @module
 */

import type { HostExport } from "../../kind/export.ts";

/** What is kept between runs of whose word counts. */
export interface KnownFrom {
  readonly offers: readonly HostExport[];
  /** Hosts that have not come to the cluster, whose offers are from the one before. */
  readonly unseen?: readonly string[];
  /** What programs read of it. */
  readonly values?: { readonly others: readonly HostExport[] };
}

/** The cluster in which that was heard is over, and none of its hosts has come to the next one. */
export function allUnseen<T extends KnownFrom>(known: T): T {
  const offers = [...known.offers, ...known.values?.others ?? []];
  return { ...known, unseen: [...new Set(offers.map(({ host }) => host))] };
}

/** The offers of those hosts, until each has come. */
export class Unseen {
  #offers: readonly HostExport[];

  /** `own`: this host, which needs no memory of itself. */
  constructor({ offers = [], unseen = [] }: Partial<KnownFrom> = {}, own: string) {
    this.#offers = offers.filter(({ host }) => host !== own && unseen.includes(host));
  }

  /**
   * What counts: the word of each host that has come, else its last. `there`: what is in the store,
   * `settled`: what is made of it.
   */
  beside(
    there: ReadonlyMap<string, HostExport>,
    settled: ReadonlyMap<string, HostExport>,
    keyOf: (offer: HostExport) => string,
  ): ReadonlyMap<string, HostExport> {
    if (this.#offers.length === 0) return settled;
    const come = new Set<string>();
    for (const { host, restored } of there.values()) if (restored !== true) come.add(host);
    this.#offers = this.#offers.filter(({ host }) => !come.has(host));
    const unseen = new Set(this.#hosts);
    const counting = [...settled].filter(([, { host }]) => !unseen.has(host));
    const remembered = this.#offers.map((offer) => [keyOf(offer), offer] as const);
    return new Map([...counting, ...remembered]);
  }

  /** What is to be kept. */
  get stored(): Pick<KnownFrom, "unseen"> {
    return this.#offers.length === 0 ? {} : { unseen: [...this.#hosts] };
  }

  get #hosts(): ReadonlySet<string> {
    return new Set(this.#offers.map(({ host }) => host));
  }
}
