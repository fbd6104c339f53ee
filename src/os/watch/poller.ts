/**
 * Looks at what the kernel will not watch, again and again.
 *
 * @module
 */

import type { Timer } from "../clock.ts";
import type { WatcherContext } from "./context.ts";
import type { Directories } from "./directories.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { fingerprint, isOnTheWay, namesOf, unseen } from "./fingerprints.ts";
import { entryPath, type WatchedDirectory } from "./model.ts";
import type { Notifier } from "./notifier.ts";
import { RemotePoller } from "./remote_poller.ts";

/** Between two rounds; longer where a round takes long, so that a core never has to work much. */
const PAUSE_MS = 1000;
const PAUSE_PER_ROUND_TIME = 20;
/** Time for looking in one go. */
const SLICE_MS = 5;
const LOOKS_PER_SLICE_CHECK = 16;
/** Between two tries to have the kernel watch what it refused. */
const RETRY_MS = 30_000;

/** What is said of what polling sees. */
const FOUND = "found changed";

/** Polls in rounds; sleeps while there is nothing to poll. */
export class Poller {
  readonly #context: WatcherContext;
  readonly #directories: Directories;
  readonly #dispatcher: Dispatcher;
  readonly #remote: RemotePoller;
  #timer: Timer | undefined;
  #running = false;
  #retriedMs: number;

  constructor(
    context: WatcherContext,
    directories: Directories,
    dispatcher: Dispatcher,
    notifier: Notifier,
  ) {
    this.#context = context;
    this.#directories = directories;
    this.#dispatcher = dispatcher;
    this.#remote = new RemotePoller(context, dispatcher, notifier);
    this.#retriedMs = context.clock.nowMs();
  }

  /** Starts the rounds if there is something to poll. */
  start(): void {
    if (!this.#directories.polls || this.#running || this.#timer !== undefined) return;
    if (!this.#context.closed) this.#arm(PAUSE_MS);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arm(delayMs: number): void {
    this.#timer = this.#context.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#running = true;
      void this.#round();
    });
  }

  async #round(): Promise<void> {
    const directories = [...this.#directories.polled()];
    const workedMs = await this.#lookAtAll(directories);
    if (workedMs === undefined) return;
    void this.#remote.look(directories);
    this.#retry(directories);
    this.#remote.wakeTrees(directories);
    this.#context.work();
    this.#running = false;
    if (!this.#context.closed && directories.length > 0) {
      this.#arm(Math.max(PAUSE_MS, workedMs * PAUSE_PER_ROUND_TIME));
    }
  }

  /** Looks at everything on this machine; returns how long it worked, undefined when it was stopped. */
  async #lookAtAll(directories: readonly WatchedDirectory[]): Promise<number | undefined> {
    const { clock } = this.#context;
    let sliceEndMs = clock.nowMs() + SLICE_MS;
    let looks = 0;
    let workedMs = 0;
    for (const directory of directories) {
      const { polling } = directory;
      if (polling === undefined || polling.remote) continue;
      const seen = new Map<string, string>();
      for (const name of namesOf(directory, polling)) {
        const now = this.#sight(directory, name);
        if (polling.seen.get(name) !== now) this.#dispatcher.replaced(directory, name, FOUND);
        seen.set(name, now);
        if (++looks % LOOKS_PER_SLICE_CHECK !== 0 || clock.nowMs() < sliceEndMs) continue;
        this.#context.work();
        workedMs += SLICE_MS;
        await clock.yieldTurn();
        if (this.#context.closed) return undefined;
        sliceEndMs = clock.nowMs() + SLICE_MS;
      }
      polling.seen = seen;
    }
    return workedMs;
  }

  /** Has the kernel asked again, now and then. */
  #retry(directories: readonly WatchedDirectory[]): void {
    const nowMs = this.#context.clock.nowMs();
    if (nowMs - this.#retriedMs < RETRY_MS) return;
    this.#retriedMs = nowMs;
    for (const directory of directories) this.#dispatcher.retry(directory, "looked for again");
  }

  #sight(directory: WatchedDirectory, name: string): string {
    const path = entryPath(directory.path, name);
    if (this.#context.mounts.on(path)?.remote === true) return "a mount";
    try {
      return fingerprint(Deno.lstatSync(path), isOnTheWay(directory, name));
    } catch (thrown) {
      return unseen(thrown);
    }
  }
}
