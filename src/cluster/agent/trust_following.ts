/**
 * What a host does where its cluster replaces the authority that signs its certificates: it hears how far
 * the cluster is, has its files brought as far, and says in its status how it stands. It asks for the next
 * one's key where it has the server role. A host that is cast out so does nothing of that, and leads no more.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { Rotation } from "../../trust/rotating.ts";
import { isWithout } from "../leader/rotation.ts";
import { keyRange } from "../store/keys.ts";
import { keyAskedKey, keyGivenKey, rotationKey } from "../store/rotation_keys.ts";
import {
  read,
  type RotationRecord,
  type ShownCertificate,
  type StatusRecord,
  type TrustRecord,
  write,
} from "../store/records.ts";
import type { KeyChange, StoreEntry, TransactionResult } from "../store/store.ts";
import type { EffectQueue } from "./effect_queue.ts";
import type { TrustAnswer } from "./trust_work.ts";

const DEADLINE_MS = 3000;
const RETRY_MS = 1000;
const DENIED_MS = 5000;
/** Everything is read again that often, should a watch have died without a word. */
const AGAIN_MS = 30_000;
/** How often the files are looked at while the cluster is at it: they change from elsewhere, too. */
const LOOK_MS = 1000;

/** One host's care for its certificates. */
export class TrustFollowing {
  readonly #queue: EffectQueue;
  #watches: readonly number[] = [];
  #listenAt = -Infinity;
  #record: RotationRecord | undefined;
  #given: string | undefined;
  #stand: TrustRecord | undefined;
  #certificate: ShownCertificate | undefined;
  #isWorking = false;
  /** What was followed last, and when it is looked at again. */
  #followed: string | undefined;
  #lookAt = -Infinity;
  #request: string | undefined;
  #askAt = -Infinity;

  constructor(queue: EffectQueue) {
    this.#queue = queue;
  }

  /** How this host stands, as it tells the others; nothing where that is not known, or matters to nobody. */
  get said(): Pick<StatusRecord, "certificate" | "trust"> {
    return {
      ...(this.#certificate === undefined ? {} : { certificate: this.#certificate }),
      ...(this.#stand === undefined ? {} : { trust: this.#stand }),
    };
  }

  /** Which certificate it shows from now on. */
  shows(certificate: ShownCertificate): void {
    this.#certificate = certificate;
  }

  /** The cluster casts this host out. */
  get isCastOut(): boolean {
    return this.castOutBy !== undefined;
  }

  /** Where that order was given; undefined: the cluster does not cast this host out. */
  get castOutBy(): string | undefined {
    const { settings: { host }, disk: { id } } = this.#queue;
    const { step, without, by } = this.#record ?? {};
    return step !== "done" && isWithout(without, { host, id }) ? by : undefined;
  }

  /** Hears, follows and asks; `lease`: what this host says of itself goes with that. */
  look(lease: string | undefined): void {
    const { settings } = this.#queue;
    if (settings.keepsTrust !== true) return;
    this.#listen();
    this.#follow();
    if (lease !== undefined) this.#ask(lease);
  }

  /** Listens to nothing any more. */
  end(): void {
    for (const watch of this.#watches) this.#queue.unwatch(watch);
    this.#watches = [];
    this.#listenAt = -Infinity;
  }

  /** Only who has the server role may read what is given to it. */
  #keys(): readonly string[] {
    const { host, keepsRights } = this.#queue.settings;
    return [rotationKey(), ...(keepsRights === true ? [keyGivenKey(host)] : [])];
  }

  #listen(): void {
    const queue = this.#queue;
    if (queue.isBusy("trust") || !queue.isDue(this.#listenAt)) return;
    const then = this.#keys().map((key) => ({ type: "get", key } as const));
    const call = { type: "transact", transaction: { when: [], then } } as const;
    queue.call("trust", call, { deadlineMs: DEADLINE_MS }, (result) => this.#heard(result));
  }

  #heard(result: Result<TransactionResult>): void {
    const queue = this.#queue;
    this.end();
    if (!result.ok) {
      // Where an older host leads that gives no right to it there is nothing to hear, either.
      const isDenied = result.failure.code === "permission-denied";
      this.#listenAt = queue.now + (isDenied ? DENIED_MS : RETRY_MS);
      return;
    }
    const { got, revision } = result.value;
    this.#listenAt = queue.now + AGAIN_MS;
    for (const [index, key] of this.#keys().entries()) this.#take(key, got[index]);
    const changed = (changes: readonly KeyChange[]) => {
      for (const { key, entry } of changes) this.#take(key, entry);
    };
    const broken = () => {
      this.#listenAt = Math.min(this.#listenAt, queue.now + RETRY_MS);
    };
    this.#watches = this.#keys().map((key) =>
      queue.watch(keyRange(key), revision + 1, { changed, broken })
    );
  }

  #take(key: string, entry: StoreEntry | undefined): void {
    if (key === rotationKey()) this.#record = read.rotation(entry?.value);
    else this.#given = entry?.value;
  }

  /** How far the cluster is, for a host that is to come along; undefined: there is nothing to do. */
  get #rotation(): Rotation | undefined {
    const { step, old, next } = this.#record ?? {};
    if (old === undefined || next === undefined || this.isCastOut) return undefined;
    if (step === undefined || step === "asked") return undefined;
    return { step: step === "done" ? "forget" : step, old, next };
  }

  #follow(): void {
    const queue = this.#queue;
    if (this.#isWorking) return;
    const rotation = this.#rotation;
    const given = read.key(this.#given);
    const wish = {
      type: "follow",
      host: queue.settings.host,
      ...(rotation === undefined ? {} : { rotation }),
      ...(given === undefined || given.mark !== rotation?.next.mark ? {} : { given: given.text }),
    } as const;
    const text = JSON.stringify(wish);
    if (text === this.#followed && !queue.isDue(this.#lookAt)) return;
    this.#isWorking = true;
    queue.trust(wish, (result) => {
      this.#isWorking = false;
      this.#done(text, rotation, result);
    });
  }

  #done(text: string, rotation: Rotation | undefined, result: Result<TrustAnswer>): void {
    const queue = this.#queue;
    const isAtIt = rotation !== undefined && this.#record?.step !== "done";
    this.#lookAt = queue.now + (!result.ok || isAtIt ? LOOK_MS : AGAIN_MS);
    this.#followed = text;
    if (!result.ok) {
      return queue.tell("trust", { what: "trouble", failure: result.failure });
    }
    queue.redo("tell trust");
    const { stand, request } = result.value;
    if (stand !== undefined) this.#stand = stand;
    this.#request = request;
  }

  /** Asks for the next one's key, until it is given. */
  #ask(lease: string): void {
    const queue = this.#queue;
    const mark = this.#rotation?.next.mark;
    const text = this.#request;
    if (mark === undefined || text === undefined) return;
    if (queue.isBusy("key asked") || !queue.isDue(this.#askAt)) return;
    const key = keyAskedKey(queue.settings.host);
    const then = [{ type: "put", key, value: write({ mark, text }), lease } as const];
    const call = { type: "transact", transaction: { when: [], then } } as const;
    queue.call("key asked", call, { deadlineMs: DEADLINE_MS }, (result) => {
      this.#askAt = queue.now + (result.ok ? 5 * RETRY_MS : RETRY_MS);
    });
  }
}
