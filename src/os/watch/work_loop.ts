/**
 * When the watcher does what came up: for a moment at once, so that a single change is told of at once, and the rest
 * in turns of the event loop.
 *
 * @module
 */

import type { Timer } from "../clock.ts";
import { lookMeanwhile, type WatcherContext } from "./context.ts";
import type { Directories } from "./directories.ts";
import { PathChange, type PathNode } from "./model.ts";
import type { Notifier } from "./notifier.ts";
import type { Planner } from "./planner.ts";
import type { Poller } from "./poller.ts";
import type { Refusals } from "./refusals.ts";
import type { Trees } from "./trees.ts";

/** Time for planning in one go, so that everything else has its turns. */
const PLAN_SLICE_MS = 5;
/** Time between two looks at everything while events are being lost. */
const RESCAN_PAUSE_MS = 100;

/** What the loop gives its turns to. */
export interface WorkLoopParts {
  readonly root: PathNode;
  readonly directories: Directories;
  readonly planner: Planner;
  readonly trees: Trees;
  readonly refusals: Refusals;
  readonly poller: Poller;
  readonly notifier: Notifier;
}

/** Drives the watcher's parts. */
export class WorkLoop {
  readonly #context: WatcherContext;
  readonly #parts: WorkLoopParts;
  #working: Promise<void> | undefined;
  #rescanTimer: Timer | undefined;
  #lastRescanMs = -Infinity;

  constructor(context: WatcherContext, parts: WorkLoopParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Resolves when the work under way is done; undefined while there is none. */
  get working(): Promise<void> | undefined {
    return this.#working;
  }

  /** Plans for a moment at once, and the rest later; tells the subscriptions concerned. */
  work(): void {
    if (this.#context.closed) return;
    if (this.#working === undefined && !this.#advance()) this.#working = this.#workOn();
    this.#parts.notifier.flush();
  }

  /** Finds everything again and tells everybody, but not without a pause in between. */
  rescan(): void {
    if (this.#rescanTimer !== undefined) return;
    const { clock } = this.#context;
    const waitMs = this.#lastRescanMs + RESCAN_PAUSE_MS - clock.nowMs();
    if (waitMs <= 0) {
      this.#lastRescanMs = clock.nowMs();
      this.#parts.planner.add(this.#parts.root, new PathChange("/", "", "events were lost"));
      return;
    }
    this.#rescanTimer = clock.after(waitMs, () => {
      this.#rescanTimer = undefined;
      if (this.#context.closed) return;
      this.rescan();
      this.work();
    });
  }

  stop(): void {
    this.#rescanTimer?.cancel();
  }

  async #workOn(): Promise<void> {
    for (let done = false; !done;) {
      await this.#context.clock.yieldTurn();
      lookMeanwhile(this.#context);
      done = this.#context.closed || this.#advance();
      if (done) this.#working = undefined;
      this.#parts.notifier.flush();
    }
  }

  /** Works for a moment; true when nothing is left to be done. */
  #advance(): boolean {
    const { planner, trees, directories, refusals, poller } = this.#parts;
    if (planner.idle && trees.idle && directories.swept) return true;
    const { clock } = this.#context;
    const untilMs = clock.nowMs() + PLAN_SLICE_MS;
    if (!planner.advance(untilMs)) return false;
    while (trees.step()) if (clock.nowMs() >= untilMs) return false;
    directories.sweep();
    refusals.tell();
    poller.start();
    return true;
  }
}
