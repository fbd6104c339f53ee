/**
 * Whether this host has its own address to itself, and if not, why: known here, and nowhere else.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";

/**
 * `unknown`: nobody has tried it; `answers`: this host answers there itself, so that nobody else does;
 * `etcd`: it was left to the own etcd; `taken`: it could not be opened.
 */
type Holder = "unknown" | "answers" | "etcd" | "taken";

/** The own client URLs, which a host has all or none of. */
export class OwnAddress {
  #holder: Holder = "unknown";
  #problem: Failure | undefined;

  /** Whether they could be opened. */
  tried(held: boolean, problem: Failure | undefined): void {
    this.#holder = held ? "answers" : "taken";
    this.#problem = problem;
  }

  /**
   * Its etcd is to have it, or had it: then it stays this host's until something else is heard, for an
   * offer that is taken back for a moment gives the place to another.
   */
  leftToEtcd(): void {
    this.#holder = "etcd";
  }

  /** This host answers there: who asks finds it, and no etcd. */
  get isAnswered(): boolean {
    return this.#holder === "answers";
  }

  /** Undefined: that is not known yet. */
  get isOurs(): boolean | undefined {
    return this.#holder === "unknown" ? undefined : this.#holder !== "taken";
  }

  /** Why not, where that is known. */
  get problem(): Failure | undefined {
    return this.#problem;
  }
}
