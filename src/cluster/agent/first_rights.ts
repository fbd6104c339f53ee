/**
 * Where a cluster has rights, a host that may do everything says nothing in it before they are in
 * force: whoever founds it puts them in force as its first act, and whoever finds that this was not
 * finished does the rest.
 *
 * @module
 */

import { nextEnabling } from "../leader/rights.ts";
import { secureGeneration } from "../leader/securing.ts";
import type { EffectQueue } from "./effect_queue.ts";

const SLOT = "first rights";
const DEADLINE_MS = 2000;
const RETRY_MS = 500;

/** Whether rights are in force, and what puts them in force. */
export class FirstRights {
  readonly #queue: EffectQueue;
  #areThere: boolean;
  /** They are not in force: users have to be read. */
  #lacks = false;
  #nextAt = -Infinity;

  constructor(queue: EffectQueue) {
    this.#queue = queue;
    // A plain cluster that becomes TLS has them last of all, by who leads then.
    const isSecured = secureGeneration(queue.disk.generation) !== undefined;
    this.#areThere = queue.settings.keepsRights !== true || isSecured;
  }

  /** Whether this host may begin to speak; else does what is missing. */
  look(): boolean {
    const queue = this.#queue;
    if (this.#areThere) return true;
    if (queue.isBusy(SLOT) || !queue.isDue(this.#nextAt)) return false;
    if (this.#lacks) this.#read();
    else this.#ask();
    return false;
  }

  #ask(): void {
    const options = { deadlineMs: DEADLINE_MS };
    this.#queue.call(SLOT, { type: "rights-standing" }, options, (answer) => {
      if (!answer.ok) return this.#later();
      this.#areThere = answer.value.enabled;
      this.#lacks = !answer.value.enabled;
    });
  }

  #read(): void {
    const queue = this.#queue;
    const options = { deadlineMs: DEADLINE_MS };
    queue.call(SLOT, { type: "rights" }, options, (answer) => {
      if (!answer.ok) return this.#later();
      const change = nextEnabling(answer.value);
      if (change === undefined) return void (this.#areThere = true);
      queue.call(SLOT, { type: "change-rights", change }, options, (changed) => {
        // Another host may do the same at the same time: what counts is read.
        if (!changed.ok) this.#later();
      });
    });
  }

  #later(): void {
    this.#nextAt = this.#queue.now + RETRY_MS;
    this.#queue.isDue(this.#nextAt);
  }
}
