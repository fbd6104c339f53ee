/**
 * Tells subscribers to look again: all that comes up in one batch first, then each subscription once.
 *
 * @module
 */

import { lookMeanwhile, type WatcherContext } from "./context.ts";
import type { PathNode, Subscription } from "./model.ts";

/** Time for telling in one go: who is told often heals at once. */
const TELL_SLICE_MS = 5;

/** Collects whom to tell, until `flush`. */
export class Notifier {
  readonly #context: WatcherContext;
  readonly #due = new Set<Subscription>();
  #flushing = false;

  constructor(context: WatcherContext) {
    this.#context = context;
  }

  /** Everybody at this node, and whether something was moved there. */
  wake(node: PathNode, moved = false): void {
    for (const subscription of node.subscriptions ?? []) this.#add(subscription, moved);
  }

  /** What those at a node are told with, when they are woken after planning. */
  prepare(node: PathNode, moved: boolean): void {
    for (const subscription of node.subscriptions ?? []) subscription.moved = moved;
  }

  /** Everybody at this node, with what was prepared. */
  wakePrepared(node: PathNode): void {
    for (const subscription of node.subscriptions ?? []) this.#due.add(subscription);
  }

  /** Those at this node who want the tree below it. */
  wakeTree(node: PathNode): void {
    for (const subscription of node.subscriptions ?? []) {
      if (subscription.tree) this.#add(subscription, false);
    }
  }

  /** Tells whom it can in a moment, and the others after a turn of the loop. */
  flush(): void {
    const { clock, closed } = this.#context;
    if (this.#due.size === 0 || closed) return;
    const untilMs = clock.nowMs() + TELL_SLICE_MS;
    for (const subscription of this.#due) {
      this.#due.delete(subscription);
      const { moved } = subscription;
      subscription.moved = false;
      if (!subscription.closed) subscription.changed(moved);
      if (this.#due.size > 0 && clock.nowMs() >= untilMs) return this.#flushLater();
    }
  }

  #add(subscription: Subscription, moved: boolean): void {
    subscription.moved = moved;
    this.#due.add(subscription);
  }

  #flushLater(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    void this.#context.clock.yieldTurn().then(() => {
      this.#flushing = false;
      lookMeanwhile(this.#context);
      this.flush();
    });
  }
}
