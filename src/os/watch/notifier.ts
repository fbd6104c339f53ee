/**
 * Tells subscribers to look again: all that comes up in one batch first, then each subscription once.
 *
 * @module
 */

import { lookMeanwhile, type WatcherContext } from "./context.ts";
import type { PathChange, PathNode, Subscription } from "./model.ts";

/** Time for telling in one go: who is told often heals at once. */
const TELL_SLICE_MS = 5;
/**
 * So many are told between two looks at the clock. On a busy machine a moment is over before anybody was told; and who
 * looks at what came with something else, before that was told of, finds it missing.
 */
const TELLS_PER_LOOK = 16;

/** Collects whom to tell, until `flush`. */
export class Notifier {
  readonly #context: WatcherContext;
  readonly #due = new Set<Subscription>();
  #flushing = false;

  constructor(context: WatcherContext) {
    this.#context = context;
  }

  /** Everybody at this node, and of what. */
  wake(node: PathNode, seen: PathChange): void {
    for (const subscription of node.subscriptions ?? []) this.#add(subscription, seen);
  }

  /** Those at this node who want the tree below it. */
  wakeTree(node: PathNode, seen: PathChange): void {
    for (const subscription of node.subscriptions ?? []) {
      const { tree, entries } = subscription;
      const isMeant = seen.name === "" || entries === undefined || entries(seen.name);
      if (tree && isMeant) this.#add(subscription, seen);
    }
  }

  /** Tells whom it can in a moment, and the others after a turn of the loop. */
  flush(): void {
    const { clock, closed } = this.#context;
    if (this.#due.size === 0 || closed) return;
    const untilMs = clock.nowMs() + TELL_SLICE_MS;
    let told = 0;
    for (const subscription of this.#due) {
      this.#due.delete(subscription);
      this.#tell(subscription);
      const isLook = ++told % TELLS_PER_LOOK === 0;
      if (isLook && this.#due.size > 0 && clock.nowMs() >= untilMs) return this.#flushLater();
    }
  }

  #add(subscription: Subscription, seen: PathChange): void {
    // Told of at the name, and again when it is found where that leads: it happened once.
    if (subscription.seen === undefined) subscription.seen = seen;
    else if (subscription.last !== seen) subscription.more++;
    subscription.last = seen;
    this.#due.add(subscription);
  }

  #tell(subscription: Subscription): void {
    const { seen, last, more, closed } = subscription;
    subscription.seen = subscription.last = undefined;
    subscription.more = 0;
    if (closed || seen === undefined || last === undefined) return;
    subscription.changed(more === 0 ? seen : seen.with(more, last));
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
