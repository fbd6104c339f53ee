/**
 * The package manager for all resources together: who wants something at the same time shares
 * questions and transactions, whoever the provider is.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure, type Result } from "../../base/result.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Watch } from "../hub/hub.ts";
import { fulfil } from "./fulfil.ts";
import { Lists } from "./lists.ts";
import { Onlookers } from "./onlookers.ts";
import type {
  PackageChange,
  PackageProvider,
  Packages,
  PackageState,
  PackageTrust,
} from "./packages.ts";
import { type KnownPackages, Questions } from "./questions.ts";
import { Wish } from "./wishes.ts";

/** A transaction begins when no further change was wanted for so long … */
const QUIET_MS = 10;
/** … or when the first one has waited for so long. */
const PATIENCE_MS = 100;

/** Looks again where the package manager went away: it may be on its way back, or another is there. */
const LOOKS = 2;

export interface PackagesOptions {
  readonly clock: Clock;
  /** Finds out who manages the packages of this host; asked again when that failed or changed. */
  readonly choose: () => Promise<Result<PackageProvider>>;
}

/** A {@linkcode Packages} that can be closed. */
export interface ClosablePackages extends Packages {
  close(): void;
}

/** Gathers what resources want of the package manager. */
export function createPackages(options: PackagesOptions): ClosablePackages {
  return new GatheredPackages(options);
}

class GatheredPackages implements ClosablePackages {
  readonly #options: PackagesOptions;
  readonly #questions: Questions;
  readonly #lists: Lists;
  readonly #onlookers: Onlookers;
  #chosen: Promise<Result<PackageProvider>> | undefined;
  #wishes: Wish[] = [];
  #sinceMs = 0;
  #timer: Timer | undefined;
  #busy = false;

  constructor(options: PackagesOptions) {
    this.#options = options;
    this.#questions = new Questions(options.clock, (...question) => this.#ask(...question));
    this.#lists = new Lists(options.clock);
    this.#onlookers = new Onlookers(options.clock, () => this.#provider());
  }

  look(
    name: string,
    trust: PackageTrust,
    signal?: AbortSignal,
  ): Promise<Result<PackageState>> {
    return this.#questions.look(name, trust, signal);
  }

  async change(change: PackageChange): Promise<Failure | undefined> {
    if (this.#wishes.length >= LIMITS.packages) return tooMany();
    const wish = new Wish(change);
    if (this.#wishes.length === 0) this.#sinceMs = this.#options.clock.nowMs();
    this.#wishes.push(wish);
    this.#arm();
    return await wish.settled;
  }

  async freshen(signal: AbortSignal): Promise<Failure | undefined> {
    const provider = await this.#provider();
    return provider.ok ? await this.#lists.freshen(provider.value, signal) : provider.failure;
  }

  watch(changed: () => void): Watch {
    return this.#onlookers.add(changed);
  }

  close(): void {
    this.#timer?.cancel();
    this.#lists.close();
    this.#onlookers.close();
  }

  async #provider(): Promise<Result<PackageProvider>> {
    this.#chosen ??= this.#options.choose();
    const chosen = await this.#chosen;
    if (!chosen.ok) this.#chosen = undefined;
    return chosen;
  }

  async #ask(
    names: readonly string[],
    trust: PackageTrust,
    signal: AbortSignal,
  ): Promise<Result<KnownPackages>> {
    for (let left = LOOKS;; left--) {
      const provider = await this.#provider();
      if (!provider.ok) return provider;
      const answer = await provider.value.look(names, trust, signal);
      if (answer.ok) return answer;
      // Somebody else may have taken its place.
      if (answer.failure.code === "unavailable") this.#chosen = undefined;
      else if (answer.failure.code !== "interrupted") return answer;
      if (left === 0) return answer;
    }
  }

  /** Waits a little for more, unless a transaction runs: then its end begins the next one. */
  #arm(): void {
    if (this.#busy) return;
    this.#timer?.cancel();
    const { clock } = this.#options;
    const patienceMs = Math.max(0, this.#sinceMs + PATIENCE_MS - clock.nowMs());
    this.#timer = clock.after(Math.min(QUIET_MS, patienceMs), () => void this.#work());
  }

  async #work(): Promise<void> {
    this.#busy = true;
    const quiet = this.#onlookers.quieten();
    while (this.#wishes.length > 0) {
      const group = this.#take();
      if (group.length === 0) continue;
      const provider = await this.#provider();
      const seen = this.#questions.recent(group.map(({ change }) => change));
      if (provider.ok) await fulfil(group, provider.value, this.#lists, seen);
      else group.forEach((wish) => wish.settle(provider.failure));
    }
    this.#busy = false;
    quiet.end();
  }

  /** What goes into the next transaction: all that share one, or one that does not. */
  #take(): readonly Wish[] {
    const open = this.#wishes.filter((wish) => wish.open);
    const first = open[0];
    if (first === undefined) {
      this.#wishes = [];
      return [];
    }
    const group: Wish[] = [];
    const names = new Set<string>();
    for (const wish of first.change.alone ? [first] : open) {
      // Two wishes for one package are two transactions: the later one is what remains.
      if (wish.change.alone !== first.change.alone || names.has(wish.change.name)) continue;
      names.add(wish.change.name);
      group.push(wish);
    }
    const taken = new Set(group);
    this.#wishes = open.filter((wish) => !taken.has(wish));
    return group;
  }
}

function tooMany(): Failure {
  return failure(`more than ${LIMITS.packages} packages are to be changed at the same time`, {
    code: "too-many",
    hint: "put edges between some of them, so that fewer are wanted at the same time",
  });
}
