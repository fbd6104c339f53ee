/**
 * The way to mounts that may hang. Each call there runs on another thread with a deadline; a mount
 * that has let one pass gets no more calls until it answers, so that it cannot use up the threads. What this
 * process waits for a core is not the mount's time: on a busy machine that would fail what is well.
 *
 * @module
 */

import { onAbort } from "../../base/either.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { Clock, Timer } from "../clock.ts";
import { waitedForCoreMs } from "../process/core_wait.ts";
import { systemFailure } from "./system_error.ts";

/** Calls that may run on one mount at the same time. */
const CALLS_PER_MOUNT = 8;
/** Calls that may hang on all mounts together; the runtime has 32 threads for such calls. */
const HUNG_CALLS = 20;
/** A call has at most so many times its deadline where this process hardly gets a core. */
const BUSY_TIMES = 6;
/** What is left of a deadline counts from this part of it on. */
const LEFT_PART = 1 / 10;
/** How long this process has waited for a core is asked again after so long. */
const SAMPLE_MS = 1000;

interface MountState {
  running: number;
  /** Calls that passed their deadline and have not come back. */
  hung: number;
  readonly waiting: (() => void)[];
}

/** One call, while somebody waits for it. */
interface MountCall<T> {
  readonly mount: MountState;
  readonly mountPoint: string;
  /** Completes "cannot …". */
  readonly doing: string;
  readonly start: () => Promise<T>;
  readonly signal: AbortSignal | undefined;
}

/** Limits the calls on each mount, and on all of them. */
export class SlowMountLimiter {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #mounts = new Map<string, MountState>();
  #hungCalls = 0;
  readonly #waitedMs: () => number;
  #sample = { atMs: -Infinity, waitedMs: 0 };

  /** `deadlineMs` is what one call may take; `waitedMs`: how long this process has waited for a core so far. */
  constructor(
    clock: Clock,
    deadlineMs: number = LIMITS.fileStepMs,
    waitedMs: () => number = waitedForCoreMs,
  ) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
    this.#waitedMs = waitedMs;
  }

  /**
   * Waits for one asynchronous call on a file. `mountPoint` is what the call may hang on; `doing`
   * completes "cannot …". The call goes on in the background when its time is up.
   */
  async call<T>(
    mountPoint: string,
    doing: string,
    start: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<Result<T>> {
    const mount = this.#mounts.get(mountPoint) ?? { running: 0, hung: 0, waiting: [] };
    this.#mounts.set(mountPoint, mount);
    if (mount.running >= CALLS_PER_MOUNT && mount.hung === 0) {
      await new Promise<void>((resolve) => mount.waiting.push(resolve));
    }
    if (signal?.aborted) return stopped(doing);
    if (mount.hung > 0 || this.#hungCalls >= HUNG_CALLS) {
      return late(doing, mountPoint, this.#deadlineMs);
    }
    return await this.#run({ mount, mountPoint, doing, start, signal });
  }

  #run<T>({ mount, mountPoint, doing, start, signal }: MountCall<T>): Promise<Result<T>> {
    mount.running++;
    let hung = false;
    const { promise, resolve, reject } = Promise.withResolvers<Result<T>>();
    const letGo = onAbort(signal, () => end(stopped(doing)));
    const end = (result: Result<T>): void => {
      letGo();
      resolve(result);
    };
    const timer = this.#afterDeadline(() => {
      hung = true;
      this.#hang(mount);
      end(late(doing, mountPoint, this.#deadlineMs));
    });
    const back = (result: () => Result<T>): void => {
      timer.cancel();
      this.#returned(mount, hung);
      try {
        end(result());
      } catch (bug) {
        reject(bug);
      }
    };
    start().then(
      (value) => back(() => ok(value)),
      (thrown) => back(() => systemFailure(thrown, doing)),
    );
    return promise;
  }

  #afterDeadline(run: () => void): Timer {
    const startMs = this.#clock.nowMs();
    const { waitedMs } = this.#sampled(startMs);
    const look = () => {
      const tookMs = this.#clock.nowMs() - startMs;
      const ownMs = tookMs - (this.#waitedMs() - waitedMs);
      const leftMs = Math.min(this.#deadlineMs - ownMs, BUSY_TIMES * this.#deadlineMs - tookMs);
      if (leftMs < LEFT_PART * this.#deadlineMs) run();
      else timer = this.#clock.after(leftMs, look);
    };
    let timer = this.#clock.after(this.#deadlineMs, look);
    return { cancel: () => timer.cancel() };
  }

  /** Not asked for each of many calls: one that is a little older makes a deadline a little later. */
  #sampled(nowMs: number): { readonly waitedMs: number } {
    if (nowMs - this.#sample.atMs >= SAMPLE_MS) {
      this.#sample = { atMs: nowMs, waitedMs: this.#waitedMs() };
    }
    return this.#sample;
  }

  /** A call passed its deadline: who waits for the mount waits no longer. */
  #hang(mount: MountState): void {
    mount.hung++;
    this.#hungCalls++;
    for (const next of mount.waiting.splice(0)) next();
  }

  /** A call came back; `hung`: it had passed its deadline. */
  #returned(mount: MountState, hung: boolean): void {
    mount.running--;
    if (hung) {
      mount.hung--;
      this.#hungCalls--;
    }
    mount.waiting.shift()?.();
  }
}

function late(doing: string, mountPoint: string, deadlineMs: number): Result<never> {
  const seconds = deadlineMs / 1000;
  return fail(`cannot ${doing}: ${mountPoint} did not answer within ${seconds} s`, {
    code: "timeout",
    hint: "look at the mount; it is tried again",
  });
}

function stopped(doing: string): Result<never> {
  return fail(`cannot ${doing}: stopped`, { code: "stopped" });
}
