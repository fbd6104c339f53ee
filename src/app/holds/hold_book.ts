/**
 * The holds that a running agent heeds: placed and released by an operator, ended by their time.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { count } from "../../base/words.ts";
import type { Hold, HoldSource } from "../../engine/hold.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import { ALL, HoldFile, type Holds } from "./hold_file.ts";

/** What a book needs. */
export interface HoldBookOptions {
  /** Where it is kept; undefined: nowhere, and nothing is held. */
  readonly prefix: string | undefined;
  readonly clock: Clock;
  /** What is kept is damaged, and what that means. */
  readonly damaged?: (text: string) => void;
  /** These keys are not held any more, or all are not. */
  readonly ended: (keys: readonly string[], why: "time" | "released") => void;
}

/** Which are held, by whom, and until when. */
export class HoldBook implements HoldSource {
  readonly #options: HoldBookOptions;
  readonly #file: HoldFile | undefined;
  readonly #holds: Map<string, Hold>;
  /** When each ends by the agent's own clock, which nobody sets. */
  readonly #endsMs = new Map<string, number>();
  /** The file holds what is not understood; the next writing ends that. */
  #isDamaged: boolean;
  #timer: Timer | undefined;

  constructor(options: HoldBookOptions) {
    this.#options = options;
    this.#file = options.prefix === undefined ? undefined : new HoldFile(options.prefix);
    this.#holds = new Map();
    const kept = this.#file?.read();
    for (const [key, hold] of kept?.holds ?? []) this.#take(key, hold);
    this.#isDamaged = kept?.damage !== undefined;
    if (kept?.damage !== undefined) options.damaged?.(kept.damage);
    this.#arm();
  }

  of(key: string): Hold | undefined {
    return this.#holds.size === 0 ? undefined : this.#holds.get(key) ?? this.#holds.get(ALL);
  }

  /** All of them. */
  list(): Holds {
    return this.#holds;
  }

  /** Holds these from now on; it is in force when it is on the disk. */
  place(keys: readonly string[], hold: Hold): Result<void> {
    const all = new Map(this.#holds);
    for (const key of keys) all.set(key, hold);
    if (all.size > LIMITS.holds) {
      return fail(`more than ${count(LIMITS.holds, "hold")} at once`, {
        code: "too-many",
        hint: "hold all with --all",
      });
    }
    const written = this.#file?.write(all) ?? noPrefix();
    if (!written.ok) return written;
    for (const key of keys) this.#take(key, hold);
    this.#arm();
    return ok(undefined);
  }

  /** Holds these at least for so long: who holds one for longer keeps his word. */
  placeAtLeast(keys: readonly string[], hold: Hold): Result<ReadonlyMap<string, Hold>> {
    const { undo } = hold;
    const both = (earlier: Hold) => undo === true ? { ...earlier, undo } : earlier;
    const placed = new Map<string, Hold>();
    for (const key of keys) {
      const earlier = this.#holds.get(key);
      const isLonger = earlier !== undefined && earlier.untilMs >= hold.untilMs;
      placed.set(key, isLonger ? both(earlier) : hold);
    }
    for (const one of new Set(placed.values())) {
      const its = keys.filter((key) => placed.get(key) === one);
      const done = this.place(its, one);
      if (!done.ok) return done;
    }
    return ok(placed);
  }

  /** Lets go of these; the result is which of them were held, each once. */
  release(keys: readonly string[]): Result<readonly string[]> {
    const held = [...new Set(keys)].filter((key) => this.#holds.has(key));
    const left = new Map(this.#holds);
    for (const key of held) left.delete(key);
    const isSame = held.length === 0 && !this.#isDamaged;
    const written = isSame ? ok(undefined) : this.#file?.write(left) ?? noPrefix();
    if (!written.ok) return written;
    this.#isDamaged = false;
    this.#drop(held, "released");
    return ok(held);
  }

  /** No end comes any more. */
  close(): void {
    this.#timer?.cancel();
  }

  #take(key: string, hold: Hold): void {
    const { clock } = this.#options;
    // Whoever sets the clock back does not make it longer.
    const leftMs = Math.min(hold.untilMs - clock.wall().getTime(), hold.untilMs - hold.sinceMs);
    if (leftMs <= 0) return;
    this.#holds.set(key, hold);
    this.#endsMs.set(key, clock.nowMs() + leftMs);
  }

  #drop(keys: readonly string[], why: "time" | "released"): void {
    for (const key of keys) {
      this.#holds.delete(key);
      this.#endsMs.delete(key);
    }
    this.#arm();
    if (keys.length > 0) this.#options.ended(keys, why);
  }

  #arm(): void {
    this.#timer?.cancel();
    if (this.#endsMs.size === 0) return;
    const { clock } = this.#options;
    const firstMs = Math.min(...this.#endsMs.values());
    this.#timer = clock.after(Math.max(0, firstMs - clock.nowMs()), () => this.#end());
  }

  #end(): void {
    const nowMs = this.#options.clock.nowMs();
    const over = [...this.#endsMs].filter(([, endMs]) => endMs <= nowMs).map(([key]) => key);
    const left = new Map(this.#holds);
    for (const key of over) left.delete(key);
    // Where that cannot be written, the next agent sees by the time that they are over.
    this.#file?.write(left);
    this.#drop(over, "time");
  }
}

function noPrefix(): Result<never> {
  return fail("this run keeps no state, so nothing can be held", { code: "no-prefix" });
}
