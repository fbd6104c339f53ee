/**
 * Who wants to hear about which unit: signals of the manager, and changes of unit files on disk.
 *
 * @module
 */

import { createBackoff } from "../base/backoff.ts";
import { unlessAborted } from "../base/either.ts";
import type { BusScope } from "./bus/address.ts";
import type { Bus, BusSignal } from "./bus/bus.ts";
import type { Clock } from "../os/clock.ts";
import type { SeenChange, Watch, Watcher } from "../os/watch/watcher.ts";
import { callManager, MANAGER, MANAGER_PATH, PROPERTIES, SYSTEMD, UNIT } from "./manager.ts";
import type { UnitListener } from "./services.ts";
import { unitFiles, unitObject } from "./unit_names.ts";

/** What the manager's signals mean for others than the watches. */
export interface ManagerSignals {
  removed(signal: BusSignal): void;
  lost(): void;
  /** The manager is heard, for the first time or again. */
  renewed(): void;
}

/** What the watches of one manager need. */
export interface UnitWatchesContext {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly watcher: Watcher;
  readonly scope: BusScope;
}

/** What the manager says when it is asked for its signals once more. */
const ALREADY = "org.freedesktop.systemd1.AlreadySubscribed";

/** Pauses between tries to be heard by a manager that does not answer. */
const AGAIN = { firstMs: 500, lastMs: 5000, factor: 2 };

/** Who listens to one unit. */
interface Listening {
  readonly unit: string;
  readonly changed: UnitListener;
  /** The unit's object, and those of what the name turned out to stand for. */
  readonly objects: Set<string>;
  readonly files: Watch[];
}

/** The watches of one manager, with one subscription for all of them. */
export class UnitWatches {
  readonly #context: UnitWatchesContext;
  readonly #jobs: ManagerSignals;
  /** By object on the bus. */
  readonly #byObject = new Map<string, Set<Listening>>();
  /** By name, for names that may become aliases of another unit. */
  readonly #byName = new Map<string, Set<Listening>>();
  /** Units that are loaded by our own looking: that they are new says nothing. */
  readonly #ownLoads = new Map<string, number>();
  readonly #backoff = createBackoff(AGAIN);
  #subscription: Promise<void> | undefined;
  #stands = false;
  /** How often the manager has been there anew; what was asked of an earlier one is void. */
  #managers = 0;

  constructor(context: UnitWatchesContext, jobs: ManagerSignals) {
    this.#context = context;
    this.#jobs = jobs;
  }

  /** Resolves when the manager's signals come, when there is no manager, or when `signal` aborts. */
  async subscribed(signal?: AbortSignal): Promise<void> {
    const stands = this.#subscribe();
    if (this.#stands) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = () => resolve();
    void stands.then(end);
    // Where there is no bus, no subscription will ever stand.
    void callManager(this.#context.bus, "Subscribe", {}, signal).then((answer) => {
      // Of many who ask at the same time all but one hear that they have already.
      if (!answer.ok && answer.failure.code !== ALREADY) end();
    });
    await unlessAborted(promise, signal);
  }

  watch(unit: string, changed: UnitListener): Watch {
    void this.#subscribe();
    const listening: Listening = { unit, changed, objects: new Set(), files: [] };
    add(this.#byName, unit, listening);
    this.#hear(listening, unit);
    return {
      close: () => {
        for (const file of listening.files) file.close();
        for (const object of listening.objects) drop(this.#byObject, object, listening);
        drop(this.#byName, unit, listening);
      },
    };
  }

  /** The name stands for this unit: it may be an alias. */
  known(unit: string, real: string): void {
    if (real === unit) return;
    for (const listening of this.#byName.get(unit) ?? []) this.#hear(listening, real);
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

  #hear(listening: Listening, unit: string): void {
    const object = unitObject(unit);
    if (listening.objects.has(object)) return;
    listening.objects.add(object);
    add(this.#byObject, object, listening);
    const { watcher, scope } = this.#context;
    const changed = (seen: SeenChange) => listening.changed("files", seen);
    for (const path of unitFiles(unit, scope)) {
      const tree = path.endsWith(".d");
      listening.files.push(watcher.watch({ path, tree, follow: true, changed }));
    }
  }

  #subscribe(): Promise<void> {
    this.#subscription ??= this.#listen();
    return this.#subscription;
  }

  #listen(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const service = SYSTEMD;
    this.#context.bus.listen({
      match: { service, interface: MANAGER, path: MANAGER_PATH },
      heard: (signal) => this.#manager(signal),
      renewed: () => {
        this.#stands = false;
        this.#backoff.reset();
        void this.#askToBeTold(++this.#managers).then(resolve);
      },
      lost: () => {
        this.#managers++;
        this.#stands = false;
        this.#jobs.lost();
      },
    });
    this.#context.bus.listen({
      match: { service, interface: PROPERTIES, member: "PropertiesChanged", argument: UNIT },
      heard: ({ path, body }) => call(this.#byObject.get(path), "state", activeState(body)),
      renewed: () => {},
    });
    return promise;
  }

  /** Without it the manager sends no signals; one that is busy may not answer at first. */
  async #askToBeTold(manager: number): Promise<void> {
    for (;;) {
      const answer = await callManager(this.#context.bus, "Subscribe");
      if (manager !== this.#managers) return;
      this.#stands = answer.ok || answer.failure.code === ALREADY;
      // Whatever it said, things may have changed.
      if (this.#stands) this.#jobs.renewed();
      this.#all("the manager is heard anew");
      if (this.#stands || !answer.ok && answer.failure.code === "stopped") return;
      await this.#context.clock.sleep(this.#backoff.next());
      if (manager !== this.#managers) return;
    }
  }

  #manager(signal: BusSignal): void {
    const { member, body } = signal;
    if (member === "JobRemoved") this.#jobs.removed(signal);
    else if (member === "UnitFilesChanged") this.#all("unit files changed");
    else if (member === "Reloading" && body[0] === false) this.#all("the manager was reloaded");
    else if (member === "UnitNew" || member === "UnitRemoved") {
      const unit = String(body[0]);
      if (member === "UnitNew" && !this.#ownLoads.has(unit)) {
        call(this.#byName.get(unit), "state", "loaded");
      }
    }
  }

  #all(what: string): void {
    for (const listeners of [...this.#byName.values()]) call(listeners, "files", what);
  }
}

function call(
  listeners: ReadonlySet<Listening> | undefined,
  what: "state" | "files",
  happened: string,
): void {
  for (const { unit, changed } of [...listeners ?? []]) {
    changed(what, { source: "unit", path: unit, what: happened });
  }
}

/** What the manager says of a unit's state, for instance `inactive`. */
function activeState([, properties]: readonly unknown[]): string {
  const { ActiveState: state } = properties as { ActiveState?: { readonly value?: unknown } };
  return typeof state?.value === "string" ? state.value : "state changed";
}

function add(to: Map<string, Set<Listening>>, key: string, listening: Listening): void {
  const listeners = to.get(key) ?? new Set();
  listeners.add(listening);
  to.set(key, listeners);
}

function drop(from: Map<string, Set<Listening>>, key: string, listening: Listening): void {
  const listeners = from.get(key);
  listeners?.delete(listening);
  if (listeners?.size === 0) from.delete(key);
}
