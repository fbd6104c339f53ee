/**
 * Takes orders for this host's part in its cluster, keeps the one in force, and tells who gave it how far
 * it has come.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import type { HostOrder, OrderBook } from "../../cluster/admin/order_follower.ts";
import type { OrderReply } from "../../cluster/admin/order_progress.ts";
import type { OrderProgress, OrderWish } from "../../control/orders.ts";
import { obstacleText } from "../../report/cluster_text.ts";
import { OrderFile } from "./orders.ts";

/** What was said, with all that people are told of it, and about which order. */
type Said = Omit<OrderReply, "waitsFor"> & { readonly order?: string };

/** Who obeys orders. */
export interface Obedient {
  /** The name of the host. */
  readonly host: string;
  /** There is another order. */
  readonly look: () => void;
}

/** The desk of one run. */
export class OrderDesk implements OrderBook {
  readonly #file: OrderFile;
  readonly #newId: () => string;
  #obedient: Obedient | undefined;
  /** The last thing that was said, and about which order. */
  #said: Said | undefined;
  /** Who waits for news. */
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(prefix: string | undefined, newId: () => string) {
    this.#file = new OrderFile(prefix);
    this.#newId = newId;
  }

  /** From now on somebody obeys. */
  attend(obedient: Obedient): void {
    this.#obedient = obedient;
    obedient.look();
  }

  read(): HostOrder | undefined {
    return this.#file.read();
  }

  write(order: HostOrder): Failure | undefined {
    return this.#file.write(order);
  }

  say({ waitsFor, ...reply }: OrderReply & { readonly order?: string }): void {
    const why = waitsFor === undefined ? "" : `: ${obstacleText(waitsFor)}`;
    const said = { ...reply, text: `${reply.text}${why}` };
    if (JSON.stringify(said) === JSON.stringify(this.#said)) return;
    this.#said = said;
    this.#tell();
  }

  /** Takes an order; what comes back tells how far it is, until it is done or `signal` aborts. */
  give(wish: OrderWish, signal: AbortSignal): Result<AsyncIterable<OrderProgress>> {
    if (this.#closed) return fail("the agent is about to end", { code: "stopping" });
    const before = this.read();
    const isLeave = wish.volunteer === undefined;
    const isAgain = before !== undefined && wish.id === before.id;
    if (isAgain && this.#obedient !== undefined) {
      return ok(
        this.#hasEnded(before, isLeave, wish.join !== undefined) ?? this.#follow(before, signal),
      );
    }
    if (isLeave && wish.join === undefined && before?.left === true) {
      return ok(only({ state: "done", text: "has left its cluster before" }));
    }
    const isOut = isLeave && (before?.left === true || before?.out === true);
    const order: HostOrder = {
      id: wish.id ?? this.#newId(),
      volunteer: wish.volunteer ?? before?.volunteer !== false,
      leave: isLeave,
      ...(isOut ? { out: true } : {}),
      ...(wish.join === undefined ? {} : { join: wish.join }),
      ...(wish.lost === true ? { lost: true } : {}),
    };
    if (this.#obedient === undefined) return this.#unheard(order);
    // Two may say the same at once.
    const isSame = before !== undefined && wishTheSame(before, order) && this.#isUnderWay(before);
    if (isSame) return ok(this.#follow(before, signal));
    const problem = this.write(order);
    if (problem !== undefined) return { ok: false, failure: problem };
    this.#obedient.look();
    this.#tell();
    return ok(this.#follow(order, signal));
  }

  /** Tells nobody anything more. */
  close(): void {
    this.#closed = true;
    this.#tell();
  }

  /** What was ordered before the agent was started again, and what is known of it by what is kept. */
  #hasEnded(
    order: HostOrder,
    isLeave: boolean,
    joins: boolean,
  ): AsyncIterable<OrderProgress> | undefined {
    if (!isLeave || this.#said?.order === order.id) return undefined;
    const named = this.#obedient === undefined ? {} : { host: this.#obedient.host };
    const isRefused = order.left === true && joins;
    if (order.left && !isRefused) {
      return only({ ...named, state: "done", text: "has left its cluster" });
    }
    if (!isRefused && (order.leave || order.join !== undefined)) return undefined;
    return only({
      ...named,
      state: "refused",
      text: "it refused before it was started again; its log says why",
    });
  }

  /** Without a part in a cluster: an offer stands until there is one again, and nobody leaves by surprise. */
  #unheard(order: HostOrder): Result<never> {
    const stands = !order.leave && this.#file.isOfCluster;
    const problem = stands ? this.write(order) : undefined;
    if (problem !== undefined) return { ok: false, failure: problem };
    return fail("the agent does not take the order up", {
      code: "no-part",
      hint: "does it take part in a cluster (mgmt run --hostname …)? It obeys when it does",
    });
  }

  #isUnderWay({ id }: HostOrder): boolean {
    return this.#said?.order === id && this.#said.state === "working";
  }

  /** Only the last news counts for who is slow to hear it. */
  async *#follow({ id }: HostOrder, signal: AbortSignal): AsyncIterable<OrderProgress> {
    let told: Said | undefined;
    for (;;) {
      const said = this.#said;
      if (said?.order === id && said !== told && this.#obedient !== undefined) {
        const { order: _, ...reply } = told = said;
        yield { host: this.#obedient.host, ...reply };
        if (said.state !== "working") return;
      }
      const inForce = this.read();
      if (inForce !== undefined && inForce.id !== id) {
        const { leave, volunteer } = inForce;
        yield { state: "overruled", text: "another order counts", by: { leave, volunteer } };
        return;
      }
      if (signal.aborted || this.#closed) return;
      // What came while the last one was taken is told at once.
      if (said === this.#said) await this.#news(signal);
    }
  }

  /** Not by `AbortSignal.any`: nobody holds what that makes, and it may be gone before it aborts. */
  async #news(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const heard = () => resolve();
    this.#waiting.add(heard);
    signal.addEventListener("abort", heard);
    await promise;
    signal.removeEventListener("abort", heard);
    this.#waiting.delete(heard);
  }

  #tell(): void {
    for (const heard of this.#waiting) heard();
  }
}

function wishTheSame(one: HostOrder, other: HostOrder): boolean {
  const isSameWay = one.join?.urls.join() === other.join?.urls.join() &&
    isLost(one) === isLost(other);
  return one.leave === other.leave && isSameWay &&
    (one.leave || one.volunteer === other.volunteer);
}

/** Whether its cluster is not to be asked. */
function isLost({ join, lost = join?.lost }: HostOrder): boolean {
  return lost === true;
}

async function* only(progress: OrderProgress): AsyncIterable<OrderProgress> {
  yield progress;
}
