/**
 * Changes that somebody waits for.
 *
 * @module
 */

import { onAbort } from "../base/either.ts";
import { type Failure, failure } from "../base/result.ts";
import type { PackageChange, PackageState, PackageStep } from "./packages.ts";

/** A change that somebody waits for, until it is settled. */
export class ChangeRequest {
  readonly change: PackageChange;
  readonly settled: Promise<Failure | undefined>;
  readonly #settle: (problem: Failure | undefined) => void;
  readonly #left = new AbortController();
  #open = true;

  constructor(change: PackageChange) {
    this.change = change;
    const { promise, resolve } = Promise.withResolvers<Failure | undefined>();
    this.#settle = resolve;
    const letGo = onAbort(change.signal, () => {
      this.#left.abort();
      this.settle(stopped());
    });
    this.settled = promise.finally(letGo);
  }

  /** False once whoever waited knows how it ended. */
  get open(): boolean {
    return this.#open;
  }

  /** Aborts when whoever waited has left; never when the request was fulfilled or failed. */
  get left(): AbortSignal {
    return this.#left.signal;
  }

  /** Tells whoever waits how it ended. */
  settle(problem?: Failure): void {
    if (!this.#open) return;
    this.#open = false;
    this.#settle(problem);
  }

  /** Tells whoever waits how far it is. */
  say(text: string): void {
    if (!this.#open) return;
    this.change.progress(text);
    this.step({ text });
  }

  /** The same for whoever looks on. */
  step(how: PackageStep): void {
    if (this.#open) this.change.step?.(how);
  }
}

/** The failure of those who left. */
export function stopped(): Failure {
  return failure("stopped", { code: "stopped" });
}

/** A signal that aborts when all who made these requests have left. */
export function allLeft(requests: readonly ChangeRequest[]): AbortSignal {
  const controller = new AbortController();
  let staying = requests.length;
  const leave = () => {
    if (--staying === 0) controller.abort();
  };
  for (const { left } of requests) onAbort(left, leave);
  return controller.signal;
}

/** Whether a package is as it should be. */
export function isAsWanted(to: PackageChange["to"], state: PackageState): boolean {
  const { installed, available, broken } = state;
  if (to === "absent") return installed === undefined && broken === undefined;
  if (installed === undefined || broken !== undefined) return false;
  if (to !== "newest") return installed === to.version;
  return available === undefined || available === installed;
}
