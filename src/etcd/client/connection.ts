/**
 * The connection to one etcd.
 *
 * @module
 */

import type { IStatusResponse } from "etcd3";
import type { Address } from "../../base/address.ts";
import { onAbort } from "../../base/either.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { StoreAddress } from "../../cluster/store/store.ts";
import { clientOptions } from "./channel.ts";
import { Login } from "./login.ts";
import { EtcdClient } from "./etcd3.ts";
import {
  callError,
  givenUp,
  type GrpcRefusal,
  late,
  refusal,
  refused,
  type Tried,
  unreachable,
} from "./failures.ts";
import { clusterOf } from "./values.ts";

/** The parts of etcd's protocol. */
export type GrpcService = "KV" | "Watch" | "Lease" | "Cluster" | "Maintenance" | "Auth";

/** How long one try may take. */
export interface TryOptions {
  readonly limitMs: number;
  /** How long of that the connection may take to stand. */
  readonly connectMs: number;
  readonly signal: AbortSignal;
}

/** One call with one answer. */
export interface UnaryCall extends TryOptions {
  /** For messages, for instance `read a`. */
  readonly what: string;
  readonly service: GrpcService;
  readonly method: string;
  readonly request: object;
  /** An etcd without a leader refuses it at once, instead of letting it wait. */
  readonly needsLeader: boolean;
}

/** A stream to be opened. */
export type OpenCall = Pick<UnaryCall, "what" | "service" | "method"> & {
  /** Absent: requests are written to the stream. */
  readonly request?: object;
};

/** A call that goes on, in both directions. */
export interface GrpcStream {
  on(event: "data", heard: (message: unknown) => void): unknown;
  on(event: "error", heard: (error: unknown) => void): unknown;
  on(event: "end", heard: () => void): unknown;
  write(message: object): unknown;
  cancel(): void;
  /** No more is read until `resume`. */
  pause(): unknown;
  resume(): unknown;
}

/** A stream that was opened. */
export interface OpenedCall {
  readonly stream: GrpcStream;
  /** What it ended with, in the store's words. */
  refused(error: unknown): GrpcRefusal;
  /** To be called once, when it has ended. */
  ended(): void;
}

/** When a connection was last asked for a sign of life, and when something was last heard of it. */
export interface SignsOfLife {
  askedMs: number;
  heardMs: number;
}

/** What gRPC makes of a service. */
type ServiceClient = Awaited<ReturnType<typeof clientOf>>;
type UnaryMethod = (
  request: object,
  metadata: object,
  options: { deadline: number },
  done: (error: unknown, answer: unknown) => void,
) => { cancel(): void };
type StreamMethod = (...of: readonly object[]) => GrpcStream;

/**
 * gRPC tries again after half a second at most. A connection that ended while it was being made is one that it
 * may wait for without end: one that has failed for so long is made anew.
 */
const FAILED_MS = 2000;
/** The same of one that neither stands nor fails; who is only slow has so long. */
const CONNECTING_MS = 8000;

/** States of a gRPC channel that are looked at. */
const READY = 2, TRANSIENT_FAILURE = 3, SHUTDOWN = 4;

function clientOf(etcd: EtcdClient, service: GrpcService) {
  return etcd.connections.withConnection(service, ({ client, metadata }) => ({ client, metadata }));
}

/** The connection to one etcd, made when it is first used, and made again by gRPC when it breaks. */
export class EtcdConnection {
  readonly url: string;
  readonly signs: SignsOfLife = { askedMs: -Infinity, heardMs: -Infinity };
  readonly #clock: Clock;
  readonly #address: StoreAddress;
  readonly #etcd: EtcdClient;
  #isRight: boolean;
  /** Since when it has failed, and since when it has been waited for. */
  #failedSince: number | undefined;
  #waitedSince: number | undefined;
  #uses = 0;
  #isRetired = false;
  readonly #login: Login;

  /** `url`: what it is called; `at`: where it is reached from here. */
  constructor(url: string, at: Address, address: StoreAddress, clock: Clock) {
    this.url = url;
    this.#clock = clock;
    this.#address = address;
    this.#etcd = new EtcdClient(clientOptions(at, address.credentials));
    this.#isRight = address.clusterId === undefined;
    this.#login = new Login(address);
  }

  /** Nobody begins to use it any more; it is closed when the last use has ended. */
  retire(): void {
    this.#isRetired = true;
    if (this.#uses === 0) this.#etcd.close();
  }

  /** Asks once. Nothing is sent unless the connection stands. */
  async ask<T>(call: UnaryCall): Promise<Tried<T>> {
    return await this.#using(call.what, async () => {
      const endMs = this.#clock.nowMs() + call.limitMs;
      const found = await this.#find(call);
      if ("refusal" in found) return found;
      const limitMs = Math.max(1, endMs - this.#clock.nowMs());
      return await this.#askService<T>(found.answer, { ...call, limitMs });
    });
  }

  /** Opens a stream, of answers to a request if there is one. Whoever takes it must call `ended` once. */
  async open(
    { what, service, method, request }: OpenCall,
    options: TryOptions,
  ): Promise<Tried<OpenedCall>> {
    return await this.#using(what, async () => {
      const found = await this.#find({ ...options, what, service });
      if ("refusal" in found) return found;
      const { client, metadata } = found.answer;
      const withLeader = this.#login.signed(metadata);
      withLeader.set("hasleader", "true");
      const open = (client as unknown as Record<string, StreamMethod>)[method]!;
      const stream = open.call(client, ...request === undefined ? [] : [request], withLeader);
      this.#uses++;
      let isOver = false;
      return {
        answer: {
          stream,
          refused: (error) => this.#login.judged(refusal(what, this.url, callError(error))),
          ended: () => {
            if (!isOver) this.#unuse();
            isOver = true;
          },
        },
      };
    });
  }

  async #using<T>(what: string, use: () => Promise<Tried<T>>): Promise<Tried<T>> {
    this.#uses++;
    try {
      return await use();
    } catch (thrown) {
      return { refusal: refusal(what, this.url, callError(thrown)) };
    } finally {
      this.#unuse();
    }
  }

  #unuse(): void {
    this.#uses--;
    if (this.#isRetired && this.#uses === 0) this.#etcd.close();
  }

  /** A service that is connected, to an etcd of the right cluster. */
  async #find(
    { what, service, limitMs, connectMs, signal }: TryOptions & Pick<UnaryCall, "what" | "service">,
  ): Promise<Tried<ServiceClient>> {
    const endMs = this.#clock.nowMs() + limitMs;
    const found = await clientOf(this.#etcd, service);
    const isReady = await this.#ready(found.client.getChannel(), connectMs, signal);
    if (signal.aborted) return { refusal: givenUp(what) };
    if (!isReady) return { refusal: { ...unreachable(what, this.url), spoiled: this.#isStuck } };
    // Who etcd does not know is not told which cluster it is.
    const stranger = await this.#login.begin(what, async (request) => {
      const service = await clientOf(this.#etcd, "Auth");
      const leftMs = Math.max(1, endMs - this.#clock.nowMs());
      return await this.#askService(service, {
        ...{ what, service: "Auth", method: "authenticate", request, needsLeader: false },
        ...{ limitMs: leftMs, connectMs: leftMs, signal },
      });
    });
    if (stranger !== undefined) return { refusal: stranger };
    if (this.#isRight) return { answer: found };
    const wrong = await this.#verify(what, Math.max(1, endMs - this.#clock.nowMs()), signal);
    return wrong === undefined ? { answer: found } : { refusal: wrong };
  }

  get #isStuck(): boolean {
    const now = this.#clock.nowMs();
    return now - (this.#failedSince ?? Infinity) >= FAILED_MS ||
      now - (this.#waitedSince ?? Infinity) >= CONNECTING_MS;
  }

  /** Waits for the connection; false: it cannot be made, or not in this time. */
  async #ready(channel: Channel, limitMs: number, signal: AbortSignal): Promise<boolean> {
    const endMs = this.#clock.nowMs() + limitMs;
    for (;;) {
      const state = channel.getConnectivityState(true);
      if (state === READY) {
        this.#failedSince = undefined;
        this.#waitedSince = undefined;
        return true;
      }
      this.#waitedSince ??= this.#clock.nowMs();
      if (state === TRANSIENT_FAILURE) this.#failedSince ??= this.#clock.nowMs();
      const leftMs = endMs - this.#clock.nowMs();
      if (leftMs <= 0 || signal.aborted) return false;
      if (state === TRANSIENT_FAILURE || state === SHUTDOWN) return false;
      await this.#stateChange(channel, state, leftMs, signal);
    }
  }

  #stateChange(
    channel: Channel,
    state: number,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve) => {
      const letGo = onAbort(signal, resolve);
      channel.watchConnectivityState(state, this.#wallMs() + limitMs, () => {
        letGo();
        resolve();
      });
    });
  }

  /** Asks which cluster it is; from then on that is known until the connection breaks. */
  async #verify(
    what: string,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<GrpcRefusal | undefined> {
    const maintenance = await clientOf(this.#etcd, "Maintenance");
    const status = await this.#askService<IStatusResponse>(maintenance, {
      ...{ what, service: "Maintenance", method: "status", request: {}, needsLeader: false },
      ...{ limitMs, connectMs: limitMs, signal },
    });
    // What was to be done has not been sent.
    if ("refusal" in status) return { ...status.refusal, elsewhere: "anything" };
    const wrong = this.#wrongCluster(what, clusterOf(status.answer));
    if (wrong !== undefined) return wrong;
    const channel = maintenance.client.getChannel();
    this.#isRight = true;
    try {
      channel.watchConnectivityState(READY, Infinity, () => this.#isRight = false);
    } catch {
      this.#isRight = false;
    }
    return undefined;
  }

  /** Why nobody should listen to that cluster. */
  #wrongCluster(what: string, clusterId: string): GrpcRefusal | undefined {
    const pinned = this.#address.clusterId;
    if (pinned === undefined || clusterId === pinned) return undefined;
    const why = `the etcd there belongs to cluster ${clusterId}, this host to ${pinned}`;
    return refused(what, this.url, why, "foreign-cluster", "anything");
  }

  /** Sends the request and waits for the answer, the signal or the end of the time. */
  #askService<T>({ client, metadata }: ServiceClient, call: UnaryCall): Promise<Tried<T>> {
    const { what, limitMs, signal } = call;
    if (signal.aborted) return Promise.resolve({ refusal: givenUp(what) });
    const own = this.#login.signed(metadata);
    if (call.needsLeader) own.set("hasleader", "true");
    return new Promise((resolve) => {
      let timer: Timer | undefined = undefined;
      const end = (tried: Tried<T>) => {
        timer?.cancel();
        letGo();
        resolve(tried);
      };
      const method = (client as unknown as Record<string, UnaryMethod>)[call.method]!;
      const deadline = this.#wallMs() + limitMs;
      const sent = method.call(client, call.request, own, { deadline }, (error, answer) => {
        if (error === null || error === undefined) {
          this.signs.heardMs = this.#clock.nowMs();
          return end({ answer: answer as T });
        }
        end({ refusal: this.#login.judged(refusal(what, this.url, callError(error))) });
      });
      const letGo = onAbort(signal, () => {
        end({ refusal: givenUp(what) });
        sent.cancel();
      });
      // gRPC's own deadline goes by the time of day, which may be set.
      timer = this.#clock.after(limitMs, () => {
        end({ refusal: late(what, this.url) });
        sent.cancel();
      });
    });
  }

  #wallMs(): number {
    return this.#clock.wall().getTime();
  }
}

type Channel = ReturnType<ServiceClient["client"]["getChannel"]>;
