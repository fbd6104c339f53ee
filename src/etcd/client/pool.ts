/**
 * The endpoints of a cluster: whoever answered last is asked first, the others when that one cannot.
 *
 * @module
 */

import { type Address, addressText, readAddress } from "../../base/address.ts";
import { schemeRefused } from "../../base/credentials.ts";
import { eitherOf } from "../../base/either.ts";
import { ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import { startDeadline } from "../../os/network/deadline.ts";
import { whyNotSpoken } from "../../os/network/tls/why.ts";
import type { CallOptions, StoreAddress } from "../../cluster/store/store.ts";
import {
  EtcdConnection,
  type OpenCall,
  type OpenedCall,
  type SignsOfLife,
  type TryOptions,
  type UnaryCall,
} from "./connection.ts";
import { givenUp, type GrpcRefusal, refused, type Tried } from "./failures.ts";

/** A question to any endpoint. */
export type Question = Pick<UnaryCall, "what" | "service" | "method" | "request"> & {
  /** It changes nothing: it may be asked again where nobody knows whether it was answered. */
  readonly reads: boolean;
};

/** A stream that has been opened. */
export interface OpenStream extends OpenedCall {
  readonly url: string;
  /** Signs of life of its connection, which others use too. */
  readonly signs: SignsOfLife;
  /** Something was wrong with it: nobody begins to use its connection any more. */
  spoiled(): void;
}

/** How long a connection may take to stand, where there are others to try. */
const CONNECT_MS = 1000;
/** How long it may take to learn why nobody answers. */
const EXPLAIN_MS = 1000;
/** Until the same question is asked again: changes of rights take a moment each. */
const AGAIN_MS = 5;

type Attempt<T> = (connection: EtcdConnection, options: TryOptions) => Promise<Tried<T>>;

/** Connections to the endpoints of one cluster. */
export class EtcdPool {
  readonly #address: StoreAddress;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #connections = new Map<string, EtcdConnection>();
  /** The one that is asked first is the first. */
  #endpoints: readonly string[];

  constructor(address: StoreAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
    this.#endpoints = [...new Set(address.clientUrls)];
  }

  /** Whether etcd is told with each call who asks, and not by the connection alone. */
  get hasPassword(): boolean {
    return this.#address.user !== undefined;
  }

  /** Asks one endpoint after the other until one answers, or one failure is the answer. */
  async ask<T>(question: Question, { deadlineMs, signal }: CallOptions): Promise<Result<T>> {
    const give = { needsLeader: true, ...question };
    return await this.#try<T>(
      question,
      deadlineMs,
      signal,
      (connection, options) => connection.ask<T>({ ...give, ...options }),
    );
  }

  /** Asks the etcd at this address and no other, whether it has a leader or not. */
  async askAt<T>(
    url: string,
    question: Question,
    { deadlineMs, signal }: CallOptions,
  ): Promise<Result<T>> {
    const place = this.#locate(question.what, url);
    if ("refusal" in place) return resultOf(place);
    // Who leads asks all of them every few seconds.
    const isKept = this.#endpoints.includes(url);
    const connection = isKept
      ? this.#connection(url, place.answer)
      : new EtcdConnection(url, place.answer, this.#address, this.#clock);
    const both = eitherOf(this.#closing.signal, signal);
    const endMs = this.#clock.nowMs() + deadlineMs;
    try {
      const tried = await connection.ask<T>({
        ...question,
        needsLeader: false,
        limitMs: deadlineMs,
        connectMs: deadlineMs,
        signal: both.signal,
      });
      if ("answer" in tried) return ok(tried.answer);
      if (tried.refusal.spoiled === true) this.#drop(connection);
      const leftMs = endMs - this.#clock.nowMs();
      const at = tried.refusal.silent === true ? [place.answer] : [];
      return this.#explained(question, tried.refusal, at, leftMs, both.signal);
    } finally {
      both.end();
      if (!isKept) connection.retire();
    }
  }

  /** Opens a stream to the first endpoint where that is possible. */
  async open(
    call: OpenCall,
    { deadlineMs, signal }: CallOptions,
  ): Promise<Result<OpenStream>> {
    const question = { ...call, request: {}, reads: true };
    return await this.#try<OpenStream>(
      question,
      deadlineMs,
      signal,
      async (connection, options) => {
        const opened = await connection.open(call, options);
        if ("refusal" in opened) return opened;
        const spoiled = () => this.#drop(connection);
        const { url, signs } = connection;
        return { answer: { ...opened.answer, url, signs, spoiled } };
      },
    );
  }

  /** Further calls go to these. */
  setEndpoints(urls: readonly string[]): void {
    const wanted = new Set(urls);
    // Whoever answered last stays the first to be asked.
    const kept = this.#endpoints.filter((url) => wanted.has(url));
    this.#endpoints = [...new Set([...kept, ...wanted])];
    for (const connection of this.#connections.values()) {
      if (!wanted.has(connection.url)) this.#drop(connection);
    }
  }

  /** Ends all calls. */
  close(): void {
    this.#closing.abort();
    for (const connection of this.#connections.values()) this.#drop(connection);
  }

  async #try<T>(
    question: Question,
    deadlineMs: number,
    signal: AbortSignal | undefined,
    attempt: Attempt<T>,
  ): Promise<Result<T>> {
    const { what, reads } = question;
    const endMs = this.#clock.nowMs() + deadlineMs;
    const both = eitherOf(this.#closing.signal, signal);
    const silent: Address[] = [];
    try {
      let last: GrpcRefusal | undefined;
      /** Of a place that is not asked: perhaps from before its cluster spoke as it does. */
      let odd: GrpcRefusal | undefined;
      for (const [index, url] of [...this.#endpoints].entries()) {
        const leftMs = endMs - this.#clock.nowMs();
        if (leftMs <= 0 || both.signal.aborted) break;
        const isLast = index === this.#endpoints.length - 1;
        const place = this.#locate(what, url);
        if ("refusal" in place) {
          odd ??= place.refusal;
          continue;
        }
        const connection = this.#connection(url, place.answer);
        const tried = await this.#insist(connection, attempt, {
          limitMs: reads && !isLast ? Math.max(leftMs / 2, Math.min(leftMs, CONNECT_MS)) : leftMs,
          connectMs: isLast ? leftMs : Math.min(leftMs, CONNECT_MS),
          signal: both.signal,
        });
        if ("answer" in tried) {
          this.#prefer(url);
          return ok(tried.answer);
        }
        last = worse(last, tried.refusal);
        if (tried.refusal.silent === true) silent.push(place.answer);
        if (tried.refusal.spoiled === true) this.#drop(connection);
        const { elsewhere } = tried.refusal;
        if (elsewhere !== "nothing") this.#avoid(url);
        if (elsewhere === "nothing" || (elsewhere === "reads" && !reads)) break;
      }
      if (both.signal.aborted) last = givenUp(what);
      last ??= odd ?? refused(what, "no endpoint", "none is known", "unavailable");
      const leftMs = endMs - this.#clock.nowMs();
      return await this.#explained(question, last, silent, leftMs, both.signal);
    } finally {
      both.end();
    }
  }

  /** The failure of a call; where nobody said why, certificates or plain text may be. */
  async #explained(
    { what, reads }: Question,
    { failure, elsewhere }: GrpcRefusal,
    silent: readonly Address[],
    leftMs: number,
    signal: AbortSignal,
  ): Promise<Result<never>> {
    if (failure.code !== "unavailable" || leftMs <= 0) return { ok: false, failure };
    const { credentials = "none" } = this.#address;
    const deadline = startDeadline(this.#clock, Math.min(leftMs, EXPLAIN_MS), signal);
    try {
      for (const at of silent) {
        if (deadline.signal.aborted) break;
        const trying = `cannot ${what} at ${addressText(at)}`;
        const found = await whyNotSpoken(trying, at, credentials, deadline.signal);
        if (found === undefined) continue;
        // Of a write on a connection that broke nobody knows what became of it.
        const isUnknown = !reads && elsewhere !== "anything";
        return { ok: false, failure: isUnknown ? { ...found, code: "unavailable" } : found };
      }
      return { ok: false, failure };
    } finally {
      deadline.end();
    }
  }

  /** Asks again where only what may be done has changed in between, as long as there is time. */
  async #insist<T>(connection: EtcdConnection, attempt: Attempt<T>, options: TryOptions) {
    const endMs = this.#clock.nowMs() + options.limitMs;
    for (;;) {
      const tried = await attempt(connection, options);
      const leftMs = endMs - this.#clock.nowMs();
      if ("answer" in tried || tried.refusal.again !== true || leftMs <= AGAIN_MS) return tried;
      await this.#clock.sleep(AGAIN_MS, options.signal);
      if (options.signal.aborted) return tried;
      options = { ...options, limitMs: endMs - this.#clock.nowMs() };
    }
  }

  /** Where the etcd of that name is reached from here, if that can be. */
  #locate(what: string, url: string): Tried<Address> {
    const { near, credentials } = this.#address;
    const at = near?.get(url) ?? readAddress(url);
    if (at === undefined) {
      return { refusal: refused(what, url, "that is no address", "refused", "anything") };
    }
    const shown = credentials ?? "none";
    const failure = schemeRefused(`cannot ${what}`, { credentials: shown, addresses: [at] });
    return failure === undefined ? { answer: at } : { refusal: { failure, elsewhere: "anything" } };
  }

  #connection(url: string, at: Address): EtcdConnection {
    let connection = this.#connections.get(url);
    if (connection === undefined) {
      connection = new EtcdConnection(url, at, this.#address, this.#clock);
      this.#connections.set(url, connection);
    }
    return connection;
  }

  #drop(connection: EtcdConnection): void {
    if (this.#connections.get(connection.url) !== connection) return;
    this.#connections.delete(connection.url);
    connection.retire();
  }

  #prefer(url: string): void {
    if (this.#endpoints[0] === url || !this.#endpoints.includes(url)) return;
    this.#endpoints = [url, ...this.#endpoints.filter((other) => other !== url)];
  }

  #avoid(url: string): void {
    if (!this.#endpoints.includes(url)) return;
    this.#endpoints = [...this.#endpoints.filter((other) => other !== url), url];
  }
}

/** Of two failures the one that tells more: that nobody is there is the least. */
function worse(one: GrpcRefusal | undefined, other: GrpcRefusal): GrpcRefusal {
  if (one === undefined || other.failure.code !== "unavailable") return other;
  return one;
}

function resultOf<T>(tried: Tried<T>): Result<T> {
  return "answer" in tried ? ok(tried.answer) : { ok: false, failure: tried.refusal.failure };
}
