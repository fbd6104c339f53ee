/**
 * Who wants to hear about which unit: signals of the manager, and changes of unit files on disk.
 *
 * @module
 */

import type { BusScope } from "../bus/address.ts";
import type { Bus, BusSignal } from "../bus/bus.ts";
import type { Hub, Watch } from "../hub/hub.ts";
import { callManager, MANAGER, MANAGER_PATH, PROPERTIES, SYSTEMD, UNIT } from "./manager.ts";
import type { UnitListener } from "./services.ts";
import { unitFiles, unitObject } from "./unit_names.ts";

/** What the manager's signals mean for others than the watches. */
export interface ManagerSignals {
  removed(signal: BusSignal): void;
  lost(): void;
}

/** The watches of one manager, with one subscription for all of them. */
export class UnitWatches {
  readonly #bus: Bus;
  readonly #hub: Hub;
  readonly #scope: BusScope;
  readonly #jobs: ManagerSignals;
  /** By object on the bus. */
  readonly #byObject = new Map<string, Set<UnitListener>>();
  /** By name, for names that may become aliases of another unit. */
  readonly #byName = new Map<string, Set<UnitListener>>();
  /** Units that are loaded by our own looking: that they are new says nothing. */
  readonly #ownLoads = new Map<string, number>();
  #subscription: Promise<void> | undefined;

  constructor(bus: Bus, hub: Hub, scope: BusScope, jobs: ManagerSignals) {
    this.#bus = bus;
    this.#hub = hub;
    this.#scope = scope;
    this.#jobs = jobs;
  }

  /** Hears the manager from now on; resolves when its signals come. */
  subscribe(): Promise<void> {
    this.#subscription ??= this.#listen();
    return this.#subscription;
  }

  watch(unit: string, changed: UnitListener): Watch {
    void this.subscribe();
    const object = unitObject(unit);
    add(this.#byObject, object, changed);
    add(this.#byName, unit, changed);
    const files = unitFiles(unit, this.#scope).map((path) =>
      this.#hub.watch({
        path,
        tree: path.endsWith(".d"),
        follow: true,
        changed: () => changed("files"),
      })
    );
    return {
      close: () => {
        for (const file of files) file.close();
        for (const listeners of this.#byObject.values()) listeners.delete(changed);
        drop(this.#byObject, object);
        this.#byName.get(unit)?.delete(changed);
        drop(this.#byName, unit);
      },
    };
  }

  /** The name stands for this object: it may be an alias. */
  known(unit: string, object: string): void {
    if (object === unitObject(unit)) return;
    for (const changed of this.#byName.get(unit) ?? []) add(this.#byObject, object, changed);
  }

  /** Runs `load` while the manager's word that the unit is new means nothing. */
  async loading<T>(unit: string, load: () => Promise<T>): Promise<T> {
    this.#ownLoads.set(unit, (this.#ownLoads.get(unit) ?? 0) + 1);
    try {
      return await load();
    } finally {
      const left = (this.#ownLoads.get(unit) ?? 1) - 1;
      if (left === 0) this.#ownLoads.delete(unit);
      else this.#ownLoads.set(unit, left);
    }
  }

  #listen(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const service = SYSTEMD;
    this.#bus.listen({
      match: { service, interface: MANAGER, path: MANAGER_PATH },
      heard: (signal) => this.#manager(signal),
      renewed: () => {
        // Without it the manager sends no signals.
        void callManager(this.#bus, "Subscribe").then(() => {
          resolve();
          this.#all();
        });
      },
      lost: () => this.#jobs.lost(),
    });
    this.#bus.listen({
      match: { service, interface: PROPERTIES, member: "PropertiesChanged", argument: UNIT },
      heard: ({ path }) => call(this.#byObject.get(path), "state"),
      renewed: () => {},
    });
    return promise;
  }

  #manager(signal: BusSignal): void {
    const { member, body } = signal;
    if (member === "JobRemoved") this.#jobs.removed(signal);
    else if (member === "UnitFilesChanged") this.#all();
    else if (member === "Reloading" && body[0] === false) this.#all();
    else if (member === "UnitNew" || member === "UnitRemoved") {
      const unit = String(body[0]);
      if (member === "UnitNew" && !this.#ownLoads.has(unit)) call(this.#byName.get(unit), "state");
    }
  }

  #all(): void {
    for (const listeners of [...this.#byName.values()]) call(listeners, "files");
  }
}

function call(
  listeners: ReadonlySet<UnitListener> | undefined,
  what: "state" | "files",
): void {
  for (const changed of [...listeners ?? []]) changed(what);
}

function add(to: Map<string, Set<UnitListener>>, key: string, changed: UnitListener): void {
  const listeners = to.get(key) ?? new Set();
  listeners.add(changed);
  to.set(key, listeners);
}

function drop(from: Map<string, Set<UnitListener>>, key: string): void {
  if (from.get(key)?.size === 0) from.delete(key);
}
