/**
 * What is true of this host, as an input of graphs.
 *
 * @module
 */

import type { InputReading, InputSource, JsonValue } from "../base/input.ts";
import { FactChanges, type FactGroup } from "./fact_changes.ts";
import { FACTS, isFactName } from "./fact_table.ts";
import type { LabelStore } from "./label_store.ts";
import { known, type Machine, notKnown } from "./machine.ts";
import type { OwnFacts } from "./own_facts.ts";
import { AWAY_MS } from "./trusted_directory.ts";

/** What the facts of a host are made of. */
export interface HostFactsOptions {
  readonly machine: Machine;
  /** What it was told to be called; absent: as the machine is. */
  readonly name?: string | undefined;
  readonly labels: LabelStore;
  readonly own: OwnFacts;
  /** By what changes are seen; absent: it is looked at once. */
  readonly host?: ConstructorParameters<typeof FactChanges>[0]["host"];
}

/** How often programs below facts.d are run. */
const PROGRAMS_MS = 5 * 60_000;

/** The facts of this host. Each is learned when it is first read, and watched from then on. */
export class HostFacts implements InputSource {
  readonly #options: HostFactsOptions;
  readonly #learned = new Map<string, InputReading>();
  readonly #listeners = new Set<() => void>();
  readonly #changes: FactChanges | undefined;
  #programs: { cancel(): void } | undefined;
  /** Files that are away are looked for once more. */
  readonly #returns = new Map<"labels" | "own", { cancel(): void }>();
  #closed = false;

  constructor(options: HostFactsOptions) {
    this.#options = options;
    const { host, labels, own } = options;
    own.listen(() => {
      this.#awaitReturn("own");
      this.#tell();
      this.#armPrograms();
    });
    this.#changes = host && new FactChanges({
      host,
      directories: { labels: labels.directory, own: own.directory },
      changed: (group) => void this.#changed(group),
    });
  }

  /** Reads what is not in memory yet: labels, and own facts. */
  async load(): Promise<void> {
    await Promise.all([this.#options.labels.load(), this.#options.own.load()]);
  }

  read(path: readonly string[]): InputReading {
    const [name, ...below] = path;
    if (name === undefined) return this.#all();
    if (name === "labels") {
      this.#changes?.follow("labels");
      return this.#options.labels.read(below);
    }
    if (!isFactName(name)) {
      this.#changes?.follow("own");
      const reading = inside(this.#options.own.read(name), below);
      if (this.#programs === undefined) this.#armPrograms();
      return reading;
    }
    const fact = FACTS[name];
    this.#changes?.follow(fact.group);
    let reading = this.#learned.get(name);
    if (reading === undefined) {
      reading = fact.learn(this.#options.machine, this.#options.name);
      this.#learned.set(name, reading);
    }
    return inside(reading, below);
  }

  learn([name]: readonly string[]): Promise<void> | undefined {
    return name === undefined || !isFactName(name) ? this.#options.own.learn(name) : undefined;
  }

  watch(changed: () => void): () => void {
    const listener = () => changed();
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The names of all facts of this host, own ones last. */
  names(): readonly string[] {
    return [...Object.keys(FACTS), "labels", ...this.#options.own.names];
  }

  /** What others are told of this host, by its names; each is followed from then on. */
  shareable(): ReadonlyMap<string, InputReading> {
    const { own } = this.#options;
    const common = Object.keys(FACTS).filter((name) => name !== "machineId");
    this.#changes?.follow("own");
    return new Map([
      ...[...common, "labels"].map((name) => [name, this.read([name])] as const),
      ["machineId", notKnown("hosts do not tell each other theirs")],
      ...own.names.map((name) => [name, own.shareable(name)] as const),
    ]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#programs?.cancel();
    for (const timer of this.#returns.values()) timer.cancel();
    await Promise.all([this.#options.own.close(), this.#changes?.close()]);
  }

  #all(): InputReading {
    const all: Record<string, JsonValue> = {};
    for (const name of this.names()) {
      const reading = this.read([name]);
      if (!reading.isKnown) return notKnown(`${name} is not known: ${reading.why}`);
      if (reading.value !== undefined) all[name] = reading.value;
    }
    return known(all);
  }

  async #changed(group: FactGroup): Promise<void> {
    if (group === "labels" || group === "own") {
      await this.#options[group].load();
      this.#awaitReturn(group);
    } else {
      for (const name of this.#learned.keys()) {
        if (isFactName(name) && FACTS[name].group === group) this.#learned.delete(name);
      }
    }
    if (group === "own") this.#armPrograms();
    this.#tell();
  }

  #awaitReturn(group: "labels" | "own"): void {
    const { host } = this.#options;
    if (this.#closed || host === undefined) return;
    if (!this.#options[group].hasAway || this.#returns.has(group)) return;
    const timer = host.clock.after(AWAY_MS, () => {
      this.#returns.delete(group);
      void this.#changed(group);
    });
    this.#returns.set(group, timer);
  }

  #tell(): void {
    if (this.#closed) return;
    for (const listener of [...this.#listeners]) listener();
  }

  #armPrograms(): void {
    const { host, own } = this.#options;
    if (this.#closed || host === undefined || !own.wantsPrograms) return;
    this.#programs?.cancel();
    this.#programs = host.clock.after(PROGRAMS_MS, () => {
      this.#programs = undefined;
      void own.load({ again: true }).then(() => {
        this.#awaitReturn("own");
        this.#tell();
        this.#armPrograms();
      });
    });
  }
}

/** What is known of something inside of a value; what is not there is known not to be. */
export function inside(reading: InputReading, path: readonly string[]): InputReading {
  if (!reading.isKnown) return reading;
  let value = reading.value;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) {
      return known(undefined);
    }
    value = (value as Readonly<Record<string, JsonValue>>)[name];
  }
  return known(value);
}
