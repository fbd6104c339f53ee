/**
 * Keeps what a host exports in the store: written when its graph begins or changes, or the store may
 * have gone back to something older; removed when it leaves the graph, left alone when the host stops.
 *
 * @module
 */

import { type Backoff, createBackoff } from "../../base/backoff.ts";
import { createBucket } from "../../base/bucket.ts";
import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure, type Result } from "../../base/result.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import { type Export, type ExportCause, ExportTally } from "../../kind/export.ts";
import { keyOf } from "../../kind/resource.ts";
import { exportedValue } from "./exported_value.ts";
import { ExportCauses } from "./export_causes.ts";
import { ExportSigner } from "./export_signer.ts";
import { exportedKey, exportListKey, followedRange, parseKey } from "../store/keys.ts";
import { Naming } from "./naming.ts";
import type { ExchangeNews, TellExchange } from "./news.ts";
import { OwnExports } from "./own_exports.ts";
import type { Seal } from "./seal.ts";
import { type Compare, listAll, type Store, type StoreOperation } from "../store/store.ts";

/** Operations of one transaction at most, so as to stay within what etcd takes. */
const OPERATIONS_MAX = 100;
const BYTES_MAX = 1_000_000;
/** What the store needs for each write beside key and value. */
const OPERATION_BYTES = 1024;
const DEADLINE_MS = 5000;
const RETRY = { firstMs: 100, lastMs: 5000, factor: 2 };

export interface PublisherOptions {
  readonly host: string;
  readonly hostId: string;
  readonly clock: Clock;
  /** What must hold for a write: that this host has its name. */
  readonly condition: () => readonly Compare[];
  readonly tell: TellExchange;
  /** Why what changes now is exported so; absent: that is not told. */
  readonly cause?: () => ExportCause | undefined;
  /** All that is to be there is there, or that has changed. */
  readonly settled: () => void;
}

/** What was tried, and what came of it. */
type PublishOutcome = Failure | "settled" | "overtaken" | "too-fast";

/** Writes the exports of one host; the last ones that were asked for count. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #backoff: Backoff = createBackoff(RETRY);
  readonly #signer: ExportSigner;
  readonly #causes: ExportCauses;
  readonly #heard: OwnExports;
  readonly #naming: Naming;
  /** What was wanted when all of it was there last. */
  #settled: ReadonlyMap<string, string> | undefined;
  #store: Store | undefined;
  #wanted: ReadonlyMap<string, string> | undefined;
  #running = false;
  #again: Timer | undefined;
  #acknowledged = false;
  /** Room for what is written, which the store keeps for a while. */
  readonly #room = createBucket({
    capacity: LIMITS.publishedBytes,
    perSecond: LIMITS.publishedBytesPerSecond,
  });
  /** There is room again at that time. */
  #roomAt = -Infinity;
  /** When each key was written last, in turns: who changes all the time waits for the others. */
  #writtenIn = new Map<string, number>();
  #writes = 0;
  #saidFast = false;
  #saidFull = false;
  /** Counts what was asked for; an answer to an older one is not the last word. */
  #turn = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { host, clock, tell } = options;
    this.#signer = new ExportSigner(host, () => clock.wall().getTime());
    this.#causes = new ExportCauses(options.cause ?? (() => undefined));
    const range = followedRange(host);
    this.#naming = new Naming(tell, { what: "more-mended" });
    this.#heard = new OwnExports({ range, clock, disturbed: () => this.compare() });
  }

  /** Whether the store has all that is exported, as far as was asked. */
  get acknowledged(): boolean {
    return this.#acknowledged || this.#wanted === undefined;
  }

  /** What is exported from now on. */
  publish(offers: readonly Export[]): void {
    const { host, hostId, tell } = this.#options;
    const wanted = new Map<string, string>();
    const tally = new ExportTally();
    for (const offer of offers) {
      const key = keyOf(offer.kind, offer.name);
      const value = exportedValue(hostId, offer);
      if (!value.ok) {
        const reason = value.failure.message;
        tell({ what: "not-exported", key, reason, rest: false });
        continue;
      }
      const why = tally.add(value.value.length);
      if (why !== undefined) {
        tell({ what: "not-exported", key, reason: why, rest: true });
        break;
      }
      wanted.set(exportedKey(host, offer.kind, offer.name), value.value);
    }
    this.#wanted = wanted;
    for (const key of this.#writtenIn.keys()) if (!wanted.has(key)) this.#writtenIn.delete(key);
    this.#start();
  }

  /** There is a store, another one, or none; with `seal` values get a MAC. */
  attach(store: Store | undefined, seal?: Seal): void {
    this.#store = store;
    this.#settled = undefined;
    this.#heard.close();
    if (store !== undefined) this.#signer.use(seal);
    this.#start();
  }

  /** The store may have something else by now than what was written. */
  compare(): void {
    this.#turn++;
    this.#again?.cancel();
    this.#backoff.reset();
    if (!this.#running) void this.#run();
  }

  /** Removes all that this host exports, for a host that leaves; or says why that cannot be now. */
  async withdraw(): Promise<Failure | undefined> {
    this.publish([]);
    if (this.#store === undefined) return undefined;
    const outcome = await this.#write(this.#store, new Map());
    if (outcome === "settled") return undefined;
    if (outcome === "too-fast") return failure("what it exported changed too often just now");
    // After a silence its lease is over, and it has its name again a moment later.
    if (outcome === "overtaken") return failure("it does not have its name in the cluster yet");
    return outcome;
  }

  close(): void {
    this.#store = undefined;
    this.#heard.close();
    this.#turn++;
    this.#again?.cancel();
  }

  #start(): void {
    this.#acknowledged = false;
    this.compare();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (;;) {
      const [store, wanted, turn] = [this.#store, this.#wanted, this.#turn];
      if (store === undefined || wanted === undefined) break;
      const fastMs = this.#roomAt - this.#options.clock.nowMs();
      if (fastMs > 0) {
        this.#tryAgain(fastMs);
        break;
      }
      const outcome = await this.#write(store, wanted);
      if (turn !== this.#turn) continue;
      if (outcome === "settled") {
        this.#acknowledged = true;
        this.#options.settled();
        break;
      }
      if (outcome === "too-fast") continue;
      this.#tryAgain(this.#backoff.next());
      break;
    }
    this.#running = false;
  }

  #tryAgain(delayMs: number): void {
    this.#again = this.#options.clock.after(delayMs, () => this.#retry());
  }

  #retry(): void {
    if (!this.#running) void this.#run();
  }

  /** Compares what is there with what should be, and writes the difference. */
  async #write(store: Store, wanted: ReadonlyMap<string, string>): Promise<PublishOutcome> {
    const { host, condition } = this.#options;
    const options = { deadlineMs: DEADLINE_MS };
    const found = await listAll(store, followedRange(host), { ...options, limit: 500 });
    if (!found.ok) return found.failure;
    const there = new Map(found.value.entries.map(({ key, value }) => [key, value]));
    const bodies = this.#causes.bodies(
      wanted,
      (key) => this.#signer.bodyOf(key, there.get(key)),
    );
    const values = this.#signer.values(bodies, there);
    if (store === this.#store) this.#heard.listen(store, values, found.value.revision + 1);
    const operations = difference(there, values, (key) => this.#orderOf(key));
    if (wanted === this.#settled) this.#sayChanged(operations);
    for (const then of batches(operations)) {
      if (!this.#hasRoom(then)) return "too-fast";
      const when = condition();
      const written = await store.transact({ when, then }, options);
      const problem = refusal(written);
      if (problem === undefined) {
        this.#writes++;
        for (const { key } of then.filter(isPut)) this.#writtenIn.set(key, this.#writes);
        continue;
      }
      if (isFull(problem)) await this.#onlyRemove(store, operations);
      return problem;
    }
    this.#saidFull = false;
    this.#settled = wanted;
    return "settled";
  }

  /** What was written longest ago comes first, and a list when all is there that it speaks of. */
  #orderOf(key: string): number {
    return key === exportListKey(this.#options.host) ? Infinity : this.#writtenIn.get(key) ?? 0;
  }

  /** Nothing else is wanted than what was there: somebody else has been at it. */
  #sayChanged(operations: readonly StoreOperation[]): void {
    for (const operation of operations) {
      if (!("key" in operation)) continue;
      this.#naming.name(operation.key, { what: "export-mended", key: operation.key });
    }
  }

  /** What is removed makes room, and is taken by a store that is full, too. */
  async #onlyRemove(store: Store, operations: readonly StoreOperation[]): Promise<void> {
    const { condition, tell } = this.#options;
    if (!this.#saidFull) tell({ what: "not-published" });
    this.#saidFull = true;
    for (const then of batches(operations.filter(({ type }) => type === "delete"))) {
      const written = await store.transact({ when: condition(), then }, {
        deadlineMs: DEADLINE_MS,
      });
      if (refusal(written) !== undefined) return;
    }
  }

  /** Whether so much may be written now; if not, when. */
  #hasRoom(operations: readonly StoreOperation[]): boolean {
    const { clock, tell } = this.#options;
    const nowMs = clock.nowMs();
    const puts = operations.filter(isPut);
    if (puts.length === 0) return true;
    const sizes = puts.map(({ key, value }) => OPERATION_BYTES + key.length + value.length);
    if (this.#room.level(nowMs) >= LIMITS.publishedBytes / 2) this.#saidFast = false;
    const waitMs = this.#room.take(nowMs, sizes.reduce((sum, size) => sum + size, 0));
    if (waitMs === 0) return true;
    this.#roomAt = nowMs + waitMs;
    if (!this.#saidFast) tell(tooFast(puts[sizes.indexOf(Math.max(...sizes))]!));
    this.#saidFast = true;
    return false;
  }
}

type Put = StoreOperation & { readonly type: "put" };

function isPut(operation: StoreOperation): operation is Put {
  return operation.type === "put";
}

function tooFast({ key, value }: Put): ExchangeNews {
  const name = parseKey(key);
  return {
    what: "exports-too-fast",
    key: name?.type === "exported" ? keyOf(name.kind, name.name) : key,
    bytes: value.length,
    burstBytes: LIMITS.publishedBytes,
    bytesPerSecond: LIMITS.publishedBytesPerSecond,
  };
}

function isFull(outcome: PublishOutcome): boolean {
  return typeof outcome !== "string" && outcome.code === "no-space";
}

function refusal(written: Result<{ readonly succeeded: boolean }>): PublishOutcome | undefined {
  if (!written.ok) return written.failure;
  return written.value.succeeded ? undefined : "overtaken";
}

function difference(
  there: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
  orderOf: (key: string) => number,
): StoreOperation[] {
  const puts = [...wanted].filter(([key, value]) => there.get(key) !== value)
    .map(([key, value]): Put => ({ type: "put", key, value }))
    .sort((one, other) => orderOf(one.key) - orderOf(other.key));
  const deletes = [...there.keys()].filter((key) => !wanted.has(key))
    .map((key): StoreOperation => ({ type: "delete", key }));
  return [...deletes, ...puts];
}

/** One transaction, unless there is too much for one. */
function* batches(operations: readonly StoreOperation[]): Generator<readonly StoreOperation[]> {
  let batch: StoreOperation[] = [];
  let bytes = 0;
  for (const operation of operations) {
    const size = JSON.stringify(operation).length;
    if (batch.length > 0 && (batch.length >= OPERATIONS_MAX || bytes + size > BYTES_MAX)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(operation);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
