/**
 * Obeys what a host's operator orders: to take part in a cluster, to offer itself or not, to leave, or
 * to leave for another cluster. One order after the other; the last one counts, also after a restart.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { ClusterAgentStatus } from "../agent/agent.ts";
import type { AgentDisk } from "../agent/io.ts";
import type { OrderNews } from "../agent/news.ts";
import { leave, type LeaveOptions, type LeavingPart, type LeftCluster, whyCopy } from "./leave.ts";
import { type Destination, giveUp, move } from "./move.ts";
import { type OrderReply, progressOf } from "./order_progress.ts";

/** What is wished of this host's part in its cluster. */
export interface HostOrder {
  readonly id: string;
  /** Whether it may run etcd; of an order to leave: as long as it is there. */
  readonly volunteer: boolean;
  /** It is to have no part in the cluster any more. */
  readonly leave: boolean;
  /** Written by this host: it has left, and what it kept of the cluster is to be put away. */
  readonly left?: boolean;
  /** It had left before this order came, and stays out until that is obeyed. */
  readonly out?: boolean;
  /** It is to leave for this other cluster. */
  readonly join?: Destination;
  /** It is to leave for none, without a word of its cluster, which is gone. */
  readonly lost?: boolean;
}

/** Where the order in force is kept, and what becomes of it is said. */
export interface OrderBook {
  read(): HostOrder | undefined;
  /** Durably replaces it, or says why that cannot be. */
  write(order: HostOrder): Failure | undefined;
  /** `order`: which one it is about. */
  say(reply: OrderReply & { readonly order?: string }): void;
}

/** Where a host keeps who it is in its cluster. */
export interface IdentityDisk {
  saveIdentity(disk: AgentDisk): Failure | undefined;
  /** What was temporary is over: the result is what is left. */
  endTemporary(disk: AgentDisk): AgentDisk;
  /** What was collected was heard in a cluster that is no more. */
  forgetWhoSaid(): void;
  /** Moves the data of that member of this host where it can be found, or says why it cannot. */
  putAside(member: string): Failure | undefined;
}

/** This host's part in a cluster, from joining to stopping or leaving. */
export interface HostPart extends LeavingPart {
  /** Whether this run would ever run etcd. */
  readonly mayVolunteer: boolean;
  status(): ClusterAgentStatus;
}

/** What a part tells of itself. */
export interface PartListener {
  /** The identity is another one, and saved. */
  readonly saved: (identity: AgentDisk) => void;
  /** There was news of the cluster. */
  readonly told: () => void;
  /** Its cluster went with the run that had founded it. */
  readonly over: () => void;
}

export interface OrderFollowerOptions<Part extends HostPart>
  extends Pick<LeaveOptions, "host" | "clock" | "openStore"> {
  readonly identity: AgentDisk;
  readonly disk: IdentityDisk;
  readonly orders: OrderBook;
  /** Begins to take part. */
  readonly join: (identity: AgentDisk, volunteer: boolean, listener: PartListener) => Part;
  /** Why the cluster that this host left does not take it back as it is; undefined: it may try. */
  readonly whyOut?: () => Failure | undefined;
  /** It has a part, or goes on to have one: what is to be exchanged counts. */
  readonly takesPart: () => void;
  /** It has none any more. */
  readonly left: () => void;
  readonly tell: (news: OrderNews) => void;
}

/** The part of one host, as its orders will have it. */
export class OrderFollower<Part extends HostPart> {
  readonly #options: OrderFollowerOptions<Part>;
  /** Undefined: this host has left, and stays out until it is told otherwise. */
  #part: Part | undefined;
  #identity: AgentDisk;
  #order: HostOrder | undefined;
  /** How far which order has come, as it was told last. */
  #said = "";
  /** It had left, and came back in this run. */
  #isBack = false;
  /** Ends the obeying of the last order. */
  #overruled = new AbortController();
  #obeying: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: OrderFollowerOptions<Part>) {
    this.#options = options;
    this.#identity = options.identity;
  }

  /** What it takes part with; undefined: it has none, or has not begun. */
  get part(): Part | undefined {
    return this.#part;
  }

  /** Who this host is now. */
  get identity(): AgentDisk {
    return this.#identity;
  }

  /** It is to leave, or has left. */
  get isLeaving(): boolean {
    return this.#order?.leave === true;
  }

  /** Takes part, unless it had left; an order that is not obeyed yet is `look`'s. */
  begin(): void {
    const order = this.#options.orders.read();
    if (order?.left === true) {
      // Its agent may have been killed as it left.
      this.#putAway(order, this.#known);
      if (order.join !== undefined) return this.#arrive(order);
      this.#staysOut();
      this.#order = order;
    } else if (order?.out === true) this.#staysOut();
    else {
      this.#join(order?.volunteer !== false);
      this.#say({ state: "done", text: "takes part in the cluster" });
    }
  }

  #staysOut(): void {
    const why = this.#options.whyOut?.();
    this.#options.tell({ what: "stays-out", ...(why === undefined ? {} : { why }) });
  }

  /** There may be another order. */
  look(): void {
    const order = this.#options.orders.read();
    if (order === undefined || order.id === this.#order?.id || this.#stopped) return;
    this.#order = order;
    this.#overruled.abort();
    this.#overruled = new AbortController();
    const { signal } = this.#overruled;
    this.#obeying = this.#obeying.then(() => this.#obey(order, signal));
  }

  /** Leaves the others be; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#overruled.abort();
    await this.#obeying;
    await this.#part?.stop();
    if (this.#identity.temporary !== undefined) this.#options.disk.endTemporary(this.#identity);
  }

  #join(volunteer: boolean): void {
    this.#part = this.#options.join(this.#identity, volunteer, {
      saved: (identity) => {
        this.#identity = identity;
        this.#report();
      },
      told: () => this.#report(),
      over: () => void (this.#obeying = this.#obeying.then(() => this.#beginAnew())),
    });
  }

  /** Its cluster went with another's run: looks for the others as at the start. */
  async #beginAnew(): Promise<void> {
    const part = this.#part;
    if (part === undefined || this.#stopped || this.#identity.temporary === undefined) return;
    this.#options.tell({ what: "cluster-over" });
    await part.stop();
    this.#identity = this.#options.disk.endTemporary(this.#identity);
    if (!this.#stopped) this.#join(this.#order?.volunteer !== false);
  }

  async #obey(order: HostOrder, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (order.leave) return await this.#leave(order, signal);
    if (this.#part === undefined) {
      const why = this.#identity.clusterId === undefined ? this.#options.whyOut?.() : undefined;
      if (why !== undefined) return this.#refused(order, why);
      this.#options.tell({ what: "looks-again" });
      this.#isBack = true;
      this.#join(order.volunteer);
    } else this.#part.offer(order.volunteer && this.#part.mayVolunteer);
    // An order to leave may have been taken back half way.
    this.#options.takesPart();
    this.#report();
  }

  async #leave(order: HostOrder, signal: AbortSignal): Promise<void> {
    const { tell, left } = this.#options;
    const part = this.#part;
    const copied = part && whyCopy(part);
    if (copied !== undefined) return this.#refused(order, copied);
    if (order.join !== undefined) return await this.#move(order, order.join, signal);
    if (part !== undefined) {
      const gone = order.lost === true
        ? await giveUp(part, this.#leaving(signal))
        : await leave(part, this.#leaving(signal));
      if (!gone.ok) {
        if (gone.failure.code !== "overruled") this.#refused(order, gone.failure);
        return;
      }
      this.#hasLeft(order, gone.value ?? this.#known);
    } else this.#keepOrder({ ...order, left: true });
    tell({ what: "left" });
    left();
    if (this.#isNewest(order)) this.#say({ state: "done", text: "has left its cluster" });
  }

  /** No other order has come while this one was obeyed, which would be lost where this one was written. */
  #isNewest({ id }: HostOrder): boolean {
    return this.#order?.id === id;
  }

  #leaving(signal: AbortSignal): LeaveOptions {
    const { host, clock, openStore, tell } = this.#options;
    return {
      host,
      clock,
      openStore,
      trouble: (failure) => tell({ what: "trouble", failure }),
      identity: () => this.#identity,
      say: (text) => this.#say({ state: "working", text }),
      signal,
    };
  }

  /** Leaves for another cluster, which is known to be there. */
  async #move(order: HostOrder, to: Destination, signal: AbortSignal): Promise<void> {
    const moved = await move(this.#part, to, this.#leaving(signal));
    if (!moved.ok) {
      if (moved.failure.code !== "overruled") this.#refused(order, moved.failure);
      return;
    }
    if (moved.value === "gone") this.#hasLeft(order, { members: to.urls, others: [] });
    if (this.#isNewest(order)) this.#arrive(order);
  }

  /** It is, or goes, where the order said. */
  #arrive(order: HostOrder): void {
    const { left: _done, out: _before, ...rest } = order;
    this.#keepOrder({ ...rest, leave: false });
    this.#isBack = true;
    if (this.#part === undefined) this.#join(order.volunteer);
    // An order to leave may have been under way, by which it offers itself no more.
    else this.#part.offer(order.volunteer && this.#part.mayVolunteer);
    this.#options.takesPart();
    this.#report();
  }

  /** Where its cluster was, as far as this host knows without asking. */
  get #known(): LeftCluster {
    const { endpoints, formerHosts = [] } = this.#identity;
    return { members: endpoints, others: formerHosts };
  }

  /** Nothing is left to ask the cluster: that is written down before what would be needed for it goes. */
  #hasLeft(order: HostOrder, left: LeftCluster): void {
    const newer = this.#isNewest(order) ? undefined : this.#order;
    this.#part = undefined;
    this.#keepOrder({ ...order, left: true });
    this.#putAway(order, left);
    if (newer !== undefined) this.#keepOrder({ ...newer, ...(newer.leave ? { out: true } : {}) });
  }

  /**
   * Who has left comes back as one who never was there, and founds a cluster by the same rules: a
   * pinned one may be gone by then. Where its hosts were is a guess, and in the way of founding another
   * beside it. A member that leaves was the last: its data stays where it can be found.
   */
  #putAway({ join, lost }: HostOrder, { members, others }: LeftCluster): void {
    const { disk, tell } = this.#options;
    const { id, clusterId, member } = this.#identity;
    if (lost === true || join?.lost === true) disk.forgetWhoSaid();
    if (clusterId === undefined && member === undefined && join === undefined) return;
    const aside = member === undefined ? undefined : disk.putAside(member.name);
    const identity = {
      id,
      endpoints: join?.urls ?? members,
      ...(join === undefined && others.length > 0 ? { formerHosts: others } : {}),
    };
    for (const problem of [aside, disk.saveIdentity(identity)]) {
      if (problem !== undefined) tell({ what: "trouble", failure: problem });
    }
    this.#identity = identity;
  }

  /** It stays where it is, also after a restart; unless another order came meanwhile, which then counts. */
  #refused(order: HostOrder, failure: Failure): void {
    if (!this.#isNewest(order)) return;
    const { message, hint } = failure;
    const part = this.#part;
    if (part === undefined) {
      const { join: _nobody, out: _before, ...rest } = order;
      this.#keepOrder({ ...rest, left: true });
    } else {
      this.#keepOrder({ ...order, leave: false });
      part.offer(order.volunteer && part.mayVolunteer);
      this.#options.takesPart();
    }
    this.#options.tell({ what: "leave-refused", failure, hasLeft: part === undefined });
    this.#say({ state: "refused", text: message, ...(hint === undefined ? {} : { hint }) });
  }

  #keepOrder(order: HostOrder): void {
    this.#order = order;
    const problem = this.#options.orders.write(order);
    if (problem !== undefined) this.#options.tell({ what: "trouble", failure: problem });
  }

  /** Says how far the order to volunteer, or not to, has come. */
  #report(): void {
    const order = this.#order;
    if (order === undefined || order.leave || this.#part === undefined) return;
    const status = this.#part.status();
    this.#say(progressOf({
      order,
      status,
      member: this.#identity.member,
      mayVolunteer: this.#part.mayVolunteer,
      isBack: this.#isBack,
      nowMs: this.#options.clock.nowMs(),
    }));
  }

  #say(reply: OrderReply): void {
    const { orders, tell } = this.#options;
    const { id } = this.#order ?? {};
    orders.say({ ...(id === undefined ? {} : { order: id }), ...reply });
    const said = `${id} ${reply.state}`;
    if (id === undefined || this.#said === said) return;
    this.#said = said;
    tell({ what: "order", order: id, state: reply.state });
  }
}
