/**
 * What this host offers: the exports of its graph, those values that may change now, and what it says of
 * itself. They count here at once, and are published where there is a store.
 *
 * @module
 */

import type { Export, HostExport } from "../../kind/export.ts";
import { Publisher, type PublisherOptions } from "./publisher.ts";
import type { Seal } from "./seal.ts";
import { ShareBrake } from "./share_brake.ts";
import type { SharedValues } from "./shared_values.ts";
import type { Store } from "../store/store.ts";

export interface OwnOffersOptions extends PublisherOptions {
  /** Publishes nothing. */
  readonly noop: boolean;
  readonly values?: SharedValues;
}

/** The offers of one host. */
export class OwnOffers {
  readonly #options: OwnOffersOptions;
  readonly #publisher: Publisher;
  readonly #brake: ShareBrake;
  /** What the graph exports; undefined: there is none yet. */
  #written: readonly Export[] | undefined;
  #offers: readonly HostExport[] = [];

  constructor(options: OwnOffersOptions) {
    this.#options = options;
    this.#publisher = new Publisher(options);
    const { clock, tell, values } = options;
    const reads = () => values?.keys ?? [];
    this.#brake = new ShareBrake({ clock, tell, reads, again: () => this.publish() });
  }

  get offers(): readonly HostExport[] {
    return this.#offers;
  }

  /** Whether an answer of the store is still waited for. */
  get pending(): boolean {
    return !this.#options.noop && !this.#publisher.acknowledged;
  }

  /** The graph exports something else from now on. */
  graph(offers: readonly Export[]): void {
    this.#written = offers;
    this.publish();
  }

  /** What is offered may be something else now. Nothing is withdrawn before there is a graph. */
  publish(): void {
    if (this.#written === undefined) return;
    const { host, hostId, noop, values } = this.#options;
    const offers = [...this.#brake.pass(this.#written), ...values?.aboutExports ?? []];
    this.#offers = offers.map((offer) => ({ ...offer, host, hostId }));
    if (!noop) this.#publisher.publish(offers);
    values?.own(offers);
  }

  /** There is a store, another one, or none. */
  attach(store: Store | undefined, seal: Seal | undefined): void {
    if (!this.#options.noop) this.#publisher.attach(store, seal);
  }

  compare(): void {
    if (!this.#options.noop) this.#publisher.compare();
  }

  withdraw(): ReturnType<Publisher["withdraw"]> {
    return this.#publisher.withdraw();
  }

  close(): void {
    this.#brake.close();
    this.#publisher.close();
  }
}
