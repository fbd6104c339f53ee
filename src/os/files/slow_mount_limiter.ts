/**
 * The way to mounts that may hang. Each call there runs on another thread with a deadline; a mount
 * that has let one pass gets no more calls until it answers, so that it cannot use up the threads.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import { systemFailure } from "./system_error.ts";

export interface SlowMountLimiter {
  /**
   * Waits for one asynchronous call on a file. `mountPoint` is what the call may hang on; `doing`
   * completes "cannot …". The call goes on in the background when its time is up.
   */
  call<T>(
    mountPoint: string,
    doing: string,
    start: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<Result<T>>;
}

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

/** Makes the limiter; `deadlineMs` is what one call may take. */
export function createSlowMountLimiter(
  clock: Clock,
  deadlineMs: number = LIMITS.fileStepMs,
): SlowMountLimiter {
  const mounts = new Map<string, MountState>();
  let hungCalls = 0;

  async function call<T>(
    mountPoint: string,
    doing: string,
    start: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<Result<T>> {
    const mount = mounts.get(mountPoint) ?? { running: 0, hung: 0, waiting: [] };
    mounts.set(mountPoint, mount);
    if (mount.running >= CALLS_PER_MOUNT && mount.hung === 0) {
      await new Promise<void>((resolve) => mount.waiting.push(resolve));
    }
    if (signal?.aborted) return stopped(doing);
    if (mount.hung > 0 || hungCalls >= HUNG_CALLS) return late(doing, mountPoint, deadlineMs);
    return await guarded(mount, mountPoint, doing, start, signal);
  }

  function guarded<T>(
    mount: MountState,
    mountPoint: string,
    doing: string,
    start: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<Result<T>> {
    mount.running++;
    let hung = false;
    return new Promise((resolve, reject) => {
      const timer = clock.after(deadlineMs, () => {
        hung = true;
        mount.hung++;
        hungCalls++;
        for (const next of mount.waiting.splice(0)) next();
        end(late(doing, mountPoint, deadlineMs));
      });
      const onAbort = () => end(stopped(doing));
      signal?.addEventListener("abort", onAbort, { once: true });
      function end(result: Result<T>): void {
        signal?.removeEventListener("abort", onAbort);
        resolve(result);
      }
      function back(result: () => Result<T>): void {
        timer.cancel();
        mount.running--;
        if (hung) {
          mount.hung--;
          hungCalls--;
        }
        mount.waiting.shift()?.();
        try {
          end(result());
        } catch (bug) {
          reject(bug);
        }
      }
      start().then(
        (value) => back(() => ok(value)),
        (thrown) => back(() => systemFailure(thrown, doing)),
      );
    });
  }

  return { call };
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
