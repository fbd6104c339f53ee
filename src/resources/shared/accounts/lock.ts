/**
 * The locks that everybody takes who changes users and groups: the kernel's on one file, and a file
 * beside each of those that are changed, with the number of the process that made it.
 *
 * @module
 */

import { createBackoff } from "../../../base/backoff.ts";
import { eitherOf } from "../../../base/either.ts";
import { LIMITS } from "../../../base/limits.ts";
import { type Failure, failure } from "../../../base/result.ts";
import { notBegun } from "../../../base/turns.ts";
import type { Watch } from "../../../os/watch/watcher.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import { whileWanted } from "../../../kind/waiting.ts";
import { type AccountLockHolder, holderOf, KERNEL_LOCK } from "./lock_holder.ts";

/** The kernel's lock cannot be waited for without taking it, and a program is a heavy way to ask. */
const PAUSES = { firstMs: 100, lastMs: 2000, factor: 1.5 };
/** A program that changes an account takes less; only a longer wait is worth a word. */
const SAID_AFTER_MS = 1000;

/** One who wants to change accounts, and waits for those who do. */
export class LockWait {
  readonly #context: WorkContext;
  readonly #endMs: number;
  readonly #sayMs: number;
  readonly #pauses = createBackoff(PAUSES);
  /** Files that were found to be in the way, and what tells when they go. */
  readonly #watches = new Map<string, Watch>();
  #wake = () => {};
  #said = "";

  constructor(context: WorkContext) {
    const startMs = context.host.clock.nowMs();
    this.#context = context;
    this.#endMs = startMs + LIMITS.accountLockMs;
    this.#sayMs = startMs + SAID_AFTER_MS;
  }

  /** Waits until the locks that are known to matter are free; a failure: in vain. */
  async untilFree(): Promise<Failure | undefined> {
    for (;;) {
      const holder = await this.#holder();
      if (holder === undefined) return undefined;
      const problem = await this.#pause(holder);
      if (problem !== undefined) return problem;
    }
  }

  /** A program was refused because of a lock: waits for that one, or a moment where it is gone already. */
  async refused(because: Failure): Promise<Failure | undefined> {
    const file = /cannot lock (\/[^\s;]+)/.exec(because.message)?.[1];
    const lock = file === undefined ? KERNEL_LOCK : `${file}.lock`;
    const { watcher } = this.#context.host;
    if (!this.#watches.has(lock)) {
      const changed = () => this.#wake();
      this.#watches.set(lock, watcher.watch({ path: lock, tree: false, changed }));
      await watcher.settle();
    }
    return await this.#holder() === undefined ? await this.#pause(because) : undefined;
  }

  /** Nothing is waited for any more. */
  end(): void {
    for (const watch of this.#watches.values()) watch.close();
  }

  async #holder(): Promise<AccountLockHolder | undefined> {
    for (const lock of [KERNEL_LOCK, ...this.#watches.keys()]) {
      const holder = await holderOf(lock, this.#context);
      if (holder !== undefined) return holder;
    }
    return undefined;
  }

  async #pause(why: AccountLockHolder | Failure): Promise<Failure | undefined> {
    const { host: { clock } } = this.#context;
    const nowMs = clock.nowMs();
    const leftMs = this.#endMs - nowMs;
    if (leftMs <= 0) return "lock" in why ? stillLocked(why) : why;
    this.#say(why);
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const untilSaidMs = this.#sayMs > nowMs ? this.#sayMs - nowMs : Infinity;
    const pauseMs = Math.min(this.#pauses.next(), leftMs, untilSaidMs);
    const stopped = await whileWanted(this.#context, async (signal) => {
      const either = eitherOf(signal, woken.signal);
      await clock.sleep(pauseMs, either.signal);
      either.end();
      return signal.aborted;
    });
    return stopped ? notBegun() : undefined;
  }

  #say(why: AccountLockHolder | Failure): void {
    if (this.#context.host.clock.nowMs() < this.#sayMs) return;
    const text = "lock" in why
      ? `waits for ${why.lock}, which ${why.words}`
      : `is tried again: ${why.message}`;
    // It is another one each time where many change accounts.
    if (this.#said === "") this.#context.note(text);
    this.#said = text;
  }
}

function stillLocked({ lock, words, isLeft }: AccountLockHolder): Failure {
  const seconds = LIMITS.accountLockMs / 1000;
  return failure(
    `users and groups cannot be changed: ${lock} ${words}, for more than ${seconds} s`,
    {
      code: "locked",
      hint: isLeft
        ? `remove ${lock} if no program changes users or groups now`
        : "end that program if it hangs",
    },
  );
}
