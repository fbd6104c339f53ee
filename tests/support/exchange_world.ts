/**
 * Hosts that exchange resources through a model of etcd, in virtual time; and a stranger, who can
 * read and write whatever he likes there.
 *
 * @module
 */

import { createHmac } from "node:crypto";
import { Exchange } from "../../src/cluster/exchange/exchange.ts";
import type { Remembered } from "../../src/cluster/exchange/exchange_memory.ts";
import type { ExchangeNews } from "../../src/cluster/exchange/news.ts";
import { SharedValues } from "../../src/cluster/exchange/shared_values.ts";
import type { StoreCall } from "../../src/cluster/agent/calls.ts";
import type { StoreOperation } from "../../src/cluster/store/store.ts";
import type { JsonValue } from "../../src/base/input.ts";
import { valueExport } from "../../src/kind/shared_value.ts";
import type { Clock } from "../../src/os/clock.ts";
import type { CollectRule, Export, ExportCause, HostExport } from "../../src/kind/export.ts";
import { liveKey } from "../../src/cluster/store/keys.ts";
import { ModelWorld } from "../simulation/model_store.ts";
import { warningOf } from "./cluster_news.ts";

/** The store of all, with time. */
export class ExchangeWorld {
  readonly store = new ModelWorld();
  readonly #parts: ExchangePart[] = [];
  /** The time of day when the world began. */
  wallMs = 1_000_000;

  get clock(): Clock {
    const { time } = this.store;
    const wall = () => new Date(this.wallMs + time.now);
    return {
      nowMs: () => time.now,
      wall,
      after: (delayMs, run) => {
        let isOn = true;
        time.after(delayMs, () => isOn && run());
        return { cancel: () => void (isOn = false) };
      },
      sleep: (delayMs) => new Promise((resolve) => time.after(delayMs, resolve)),
      yieldTurn: () => Promise.resolve(),
    };
  }

  /** An agent starts; `memory`: what an earlier one has left. */
  start(host: string, options: PartOptions = {}): ExchangePart {
    const part = new ExchangePart(this, host, options);
    this.#parts.push(part);
    return part;
  }

  /** Those hosts say that they are there. */
  async alive(...hosts: readonly string[]): Promise<void> {
    const lease = await this.store.settle(
      this.store.open().grantLease(1e9, { deadlineMs: 5000 }),
    );
    if (!lease.ok) throw new Error(lease.failure.message);
    const { id } = lease.value;
    await this.does(
      ...hosts.map((host) =>
        ({ type: "put", key: liveKey(host), value: "{}", lease: id }) as const
      ),
    );
  }

  /** They do no more. */
  async gone(...hosts: readonly string[]): Promise<void> {
    await this.does(...hosts.map((host) => ({ type: "delete", key: liveKey(host) }) as const));
  }

  /** What a stranger sees at keys that begin so. */
  async look(prefix: string): Promise<ReadonlyMap<string, string>> {
    const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
    const range = { from: prefix, to: end };
    const found = await this.store.settle(
      this.store.open().list(range, { deadlineMs: 5000, limit: 500 }),
    );
    if (!found.ok) throw new Error(found.failure.message);
    return new Map(found.value.entries.map(({ key, value }) => [key, value]));
  }

  /** What a stranger does, at one moment. */
  async does(...then: readonly StoreOperation[]): Promise<void> {
    const done = await this.store.settle(
      this.store.open().transact({ when: [], then }, { deadlineMs: 5000 }),
    );
    if (!done.ok) throw new Error(done.failure.message);
  }

  /** Lets time pass, in parts that the model takes for alive. */
  async passes(ms: number): Promise<void> {
    const { time } = this.store;
    const endMs = time.now + ms;
    while (time.now < endMs) {
      const partMs = Math.min(endMs, time.now + 30_000);
      time.after(partMs - time.now, () => {});
      await this.store.until(() => time.now >= partMs, () => "time stands still");
    }
  }

  /** Waits until something holds. */
  async until(holds: () => boolean, otherwise: () => string): Promise<void> {
    await this.store.until(holds, otherwise);
  }
}

export interface PartOptions {
  /** Of the user whose agent it is; undefined: the cluster has other machines. */
  readonly secret?: string | undefined;
  readonly cluster?: string;
  readonly rules?: readonly Partial<CollectRule>[];
  readonly memory?: Remembered | undefined;
  /** Why it exports what it does. */
  readonly cause?: () => ExportCause;
  /** What it exports from its start. */
  readonly files?: Readonly<Record<string, string>>;
  /** What it shares from its start; undefined: it has no graph yet. */
  readonly shares?: Readonly<Record<string, JsonValue>> | undefined;
  /** The world's store is away at the start. */
  readonly isAway?: boolean;
  readonly noop?: boolean;
  /** Hears of each of its calls, and of its watches as if they were lists. */
  readonly asked?: (call: StoreCall) => void;
}

/** One host's part in the exchange. */
export class ExchangePart {
  readonly exchange: Exchange;
  readonly values: SharedValues;
  readonly warnings: string[] = [];
  /** What it has kept for its next run. */
  memory: Remembered | undefined;
  /** What it had and what was gone, each time that it was told of something else. */
  seen: string[] = [];
  readonly #rules: readonly CollectRule[];
  readonly #world: ExchangeWorld;
  readonly #asked: PartOptions["asked"];

  constructor(world: ExchangeWorld, host: string, options: PartOptions) {
    this.#world = world;
    this.#asked = options.asked;
    const { secret, cluster = "c", rules = [], memory, cause, files = {}, noop = false } = options;
    this.memory = memory;
    this.#rules = rules.map((each) => ({
      ...{ kind: "file", allow: [], owner: false, withdrawn: "keep" as const },
      ...each,
    }));
    const tell = (fact: ExchangeNews) => void this.warnings.push(...warningOf(fact));
    const { clock } = world;
    this.values = new SharedValues({ host, clock, waitMs: 60_000, tell, wanted: () => {} });
    this.exchange = new Exchange({
      ...{ host, hostId: host, clock, noop, waitMs: 60_000, values: this.values },
      memory: {
        load: () => this.memory,
        save: (memory) => this.memory = structuredClone(memory),
      },
      ...(secret === undefined ? {} : { mac: () => macBy(secret) }),
      ...(cause === undefined ? {} : { cause }),
      condition: () => [],
      tell,
      collected: () => void this.seen.push(this.state),
      settled: () => {},
    });
    const { shares = {} } = options;
    if (!("shares" in options) || options.shares !== undefined) this.#graph(files, shares);
    if (options.isAway !== true) this.joins(cluster);
  }

  #graph(
    files: Readonly<Record<string, string>>,
    shares: Readonly<Record<string, JsonValue>>,
  ): void {
    const values = Object.entries(shares).map(([key, value]) => valueExport(key, value));
    this.exchange.graph([...offersOf(files), ...values], this.#rules);
  }

  /** The world's store is there. */
  joins(cluster = "c"): void {
    this.exchange.attach(this.#world.store.open({}, this.#asked), cluster);
  }

  /** Shares these values from now on. */
  shares(shares: Readonly<Record<string, JsonValue>>): void {
    this.#graph({}, shares);
  }

  /** What it reads there, as JSON; `?` where that is not known. */
  reads(...path: readonly string[]): string {
    const reading = this.values.read(path);
    return reading.isKnown ? JSON.stringify(reading.value ?? null) : "?";
  }

  /** Waits until that is what it reads there. */
  async readsSoon(path: readonly string[], json: string): Promise<void> {
    await this.#world.until(
      () => this.reads(...path) === json,
      () => `it reads ${this.reads(...path)}, and says ${this.warnings.join("\n")}`,
    );
  }

  /** Exports these files from now on, and waits until the store has them. */
  async exports(files: Readonly<Record<string, string>>): Promise<void> {
    this.#graph(files, {});
    await this.#world.until(() => !this.exchange.pending, () => "the exports are not taken");
  }

  /** What it collects of others, as `host/name=content`. */
  get has(): string {
    return this.#words(false);
  }

  /** What is said to be gone. */
  get withdrawn(): string {
    return this.#words(true);
  }

  /** Both. */
  get state(): string {
    return `${this.has}, gone: ${this.withdrawn}`;
  }

  #words(withdrawn: boolean): string {
    const words = ({ host, name, fields }: HostExport) =>
      `${host}/${name}${withdrawn ? "" : `=${fields["content"]}`}`;
    return this.exchange.offers().filter((offer) => (offer.withdrawn === true) === withdrawn)
      .map(words).sort().join(" ");
  }

  /** Waits until that is what it has. */
  async hasSoon(words: string): Promise<void> {
    await this.#world.until(
      () => this.has === words,
      () => `it has ${this.has}, and says ${this.warnings.join("\n")}`,
    );
  }

  /** Ends; gives back what it has kept. */
  stop(): Remembered | undefined {
    this.exchange.close();
    return this.memory;
  }
}

function offersOf(files: Readonly<Record<string, string>>): readonly Export[] {
  return Object.entries(files).map(([name, content]) => ({
    kind: "file",
    name,
    fields: { content },
  }));
}

/** As the program makes MACs. */
export function macBy(secret: string): (text: string) => string {
  return (text) => createHmac("sha256", secret).update(text).digest("hex");
}
