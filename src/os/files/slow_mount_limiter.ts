/**
 * The way to mounts that may hang. Each call there runs on another thread with a deadline; a mount
 * that has let one pass gets no more calls until it answers, so that it cannot use up the threads.
 *
 * @module
 */

import { onAbort } from "../../base/either.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import { systemFailure } from "./system_error.ts";

/** Calls that may run on one mount at the same time. */
const CALLS_PER_MOUNT = 8;
/** Calls that may hang on all mounts together; the runtime has 32 threads for such calls. */
const HUNG_CALLS = 20;

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

  /** `deadlineMs` is what one call may take. */
  constructor(clock: Clock, deadlineMs: number = LIMITS.fileStepMs) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
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
    const timer = this.#clock.after(this.#deadlineMs, () => {
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
