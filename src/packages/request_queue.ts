/**
 * Gathers requests that come at about the same time, and has them fulfilled together, one group after the
 * other.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import { type Failure, failure } from "../base/result.ts";
import type { Clock, Timer } from "../os/clock.ts";
import type { PackageChange } from "./packages.ts";
import { ChangeRequest } from "./change_request.ts";

/** A group is begun when no further change was wanted for so long … */
const QUIET_MS = 30;
/** … or when the first one has waited for so long. */
const PATIENCE_MS = 300;
/** … which those who are being answered may draw out to so long. */
const LONGEST_MS = 5000;

/** What is done with requests. */
export interface RequestWork {
  /** When those have been heard who may want something next; undefined: there are none. */
  expected?(): Promise<unknown> | undefined;
  /** Work begins; what it returns is told when there is no more. */
  begin?(): { end(): void };
  /** Settles all of a group. */
  fulfil(requests: readonly ChangeRequest[]): Promise<void>;
}

/** See the module. */
export class RequestQueue {
  readonly #clock: Clock;
  readonly #work: RequestWork;
  #requests: ChangeRequest[] = [];
  /** When the first one came, and since when patience is counted. */
  #firstMs = 0;
  #sinceMs = 0;
  #timer: Timer | undefined;
  #busy = false;

  constructor(clock: Clock, work: RequestWork) {
    this.#clock = clock;
    this.#work = work;
  }

  /** Adds a change; resolves when it is settled. */
  async add(change: PackageChange): Promise<Failure | undefined> {
    if (this.#requests.length >= LIMITS.packages) return tooMany();
    const request = new ChangeRequest(change);
    if (this.#requests.length === 0) this.#sinceMs = this.#firstMs = this.#clock.nowMs();
    this.#requests.push(request);
    this.#arm();
    return await request.settled;
  }

  /** Begins nothing more. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Waits a little for more, unless a group is under way: then its end begins the next one. */
  #arm(): void {
    if (this.#busy) return;
    this.#timer?.cancel();
    const patienceMs = Math.max(0, this.#sinceMs + PATIENCE_MS - this.#clock.nowMs());
    const timer = this.#clock.after(
      Math.min(QUIET_MS, patienceMs),
      () => void this.#runUnlessMore(timer),
    );
    this.#timer = timer;
  }

  /** Where the loop was busy all the time, what came meanwhile is only heard after the timer. */
  async #runUnlessMore(timer: Timer): Promise<void> {
    await this.#clock.yieldTurn();
    const isOurs = () => this.#timer === timer && !this.#busy;
    const expected = isOurs() ? this.#work.expected?.() : undefined;
    const leftMs = this.#firstMs + LONGEST_MS - this.#clock.nowMs();
    if (expected !== undefined && leftMs > 0) {
      const over = new AbortController();
      await Promise.race([expected, this.#clock.sleep(leftMs, over.signal)]);
      over.abort();
      this.#sinceMs = this.#clock.nowMs();
      if (isOurs()) return this.#arm();
    }
    if (isOurs()) await this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    const begun = this.#work.begin?.();
    while (this.#requests.length > 0) {
      const group = this.#take();
      if (group.length > 0) await this.#work.fulfil(group);
    }
    this.#busy = false;
    begun?.end();
  }

  /** What goes into the next transaction: all that share one, or one that does not. */
  #take(): readonly ChangeRequest[] {
    const open = this.#requests.filter((request) => request.open);
    const first = open[0];
    if (first === undefined) {
      this.#requests = [];
      return [];
    }
    const group: ChangeRequest[] = [];
    const names = new Set<string>();
    for (const request of first.change.alone ? [first] : open) {
      // Two requests for one package are two transactions: the later one is what remains.
      if (request.change.alone !== first.change.alone || names.has(request.change.name)) continue;
      names.add(request.change.name);
      group.push(request);
    }
    const taken = new Set(group);
    this.#requests = open.filter((request) => !taken.has(request));
    return group;
  }
}

function tooMany(): Failure {
  return failure(`more than ${LIMITS.packages} packages are to be changed at the same time`, {
    code: "too-many",
    hint: "put edges between some of them, so that fewer are wanted at the same time",
  });
}
