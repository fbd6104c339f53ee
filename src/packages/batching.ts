/**
 * The package manager for all resources together: who wants something at the same time shares
 * questions and transactions, whoever the provider is.
 *
 * @module
 */

import type { Failure, Result } from "../base/result.ts";
import type { Clock } from "../os/clock.ts";
import type { SeenChange, Watch } from "../os/watch/watcher.ts";
import { Lists } from "./lists.ts";
import { PackageWatchers } from "./package_watchers.ts";
import type {
  PackageChange,
  PackageProvider,
  Packages,
  PackageState,
  PackageTrust,
} from "./packages.ts";
import { type KnownPackages, Questions } from "./questions.ts";
import { rehearsalOf } from "./rehearsal.ts";
import { RequestQueue } from "./request_queue.ts";
import type { ChangeRequest } from "./change_request.ts";

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
  readonly #watchers: PackageWatchers;
  readonly #changes: RequestQueue;
  readonly #foresights: RequestQueue;
  #chosen: Promise<Result<PackageProvider>> | undefined;

  constructor(options: PackagesOptions) {
    this.#options = options;
    this.#questions = new Questions(options.clock, (...question) => this.#ask(...question));
    this.#lists = new Lists(options.clock);
    this.#watchers = new PackageWatchers(options.clock, () => this.#provider());
    this.#changes = new RequestQueue(options.clock, {
      expected: () => this.#questions.answered(),
      begin: () => this.#watchers.quieten(),
      fulfil: (requests) => this.#fulfil(requests, (provider) => provider),
    });
    this.#foresights = new RequestQueue(options.clock, {
      expected: () => this.#questions.answered(),
      fulfil: (requests) => this.#fulfil(requests, rehearsalOf),
    });
  }

  look(
    name: string,
    trust: PackageTrust,
    signal?: AbortSignal,
  ): Promise<Result<PackageState>> {
    return this.#questions.look(name, trust, signal);
  }

  change(change: PackageChange): Promise<Failure | undefined> {
    return this.#changes.add(change);
  }

  async foresee(change: PackageChange): Promise<Failure | undefined> {
    const problem = await this.#foresights.add(change);
    if (problem?.code !== "package-unknown") return problem;
    // Old lists are fetched anew before that is believed.
    const provider = await this.#provider();
    return provider.ok && await this.#lists.areOld(provider.value) ? undefined : problem;
  }

  async freshen(signal: AbortSignal): Promise<Failure | undefined> {
    const provider = await this.#provider();
    return provider.ok ? await this.#lists.freshen(provider.value, signal) : provider.failure;
  }

  watch(changed: (seen?: SeenChange) => void): Watch {
    return this.#watchers.add(changed);
  }

  close(): void {
    this.#changes.close();
    this.#foresights.close();
    this.#lists.close();
    this.#watchers.close();
  }

  async #provider(): Promise<Result<PackageProvider>> {
    this.#chosen ??= this.#options.choose();
    const chosen = await this.#chosen;
    if (!chosen.ok) this.#chosen = undefined;
    return chosen;
  }

  async #fulfil(
    requests: readonly ChangeRequest[],
    by: (provider: PackageProvider) => PackageProvider,
  ): Promise<void> {
    const provider = await this.#provider();
    const seen = this.#questions.recent(requests.map(({ change }) => change));
    // Loaded by the first change: most runs have none.
    const { execute } = await import("./execute.ts");
    if (provider.ok) await execute(requests, by(provider.value), this.#lists, seen);
    else requests.forEach((request) => request.settle(provider.failure));
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
}
