/**
 * A package manager that a test decides about: what no real one can be made to do at will.
 *
 * @module
 */

import { failure, ok, type Result } from "../../src/base/result.ts";
import type { Watch } from "../../src/os/watch/watcher.ts";
import { createPackages } from "../../src/packages/batching.ts";
// It is loaded when the first change is made; a clock that stands still does not wait for a disk.
import "../../src/packages/execute.ts";
import type {
  PackageChange,
  PackageFailure,
  PackageProvider,
  PackageState,
  PackageTrust,
} from "../../src/packages/packages.ts";
import { ManualClock } from "./manual_clock.ts";

export const FREELY: PackageTrust = {
  allowUntrusted: false,
  allowNonfree: false,
  allowUnsupported: false,
};

/** Time that every question and every transaction takes. */
export const STEP_MS = 100;

/** Packages in memory, and a record of what was asked. */
export class FakeProvider implements PackageProvider {
  readonly name = "fake";
  /** What the sources offer. */
  readonly offered = new Map<string, string>();
  readonly installed = new Map<string, string>();
  /** Packages that fail, with the failure of the transaction that holds one. */
  readonly bad = new Map<string, PackageFailure>();
  /** What the next transactions answer instead of doing anything. */
  readonly answers: PackageFailure[] = [];
  readonly questions: (readonly string[])[] = [];
  readonly transactions: (readonly string[])[] = [];
  readonly signals: AbortSignal[] = [];
  /** Names of changes that were only to be foreseen. */
  readonly foresights: (readonly string[])[] = [];
  refreshes = 0;
  /** Done when the lists are fetched. */
  onRefresh = (): PackageFailure | undefined => undefined;
  ageMs: number | undefined = Infinity;
  #changed = new Set<() => void>();

  constructor(readonly clock: ManualClock) {}

  async look(
    names: readonly string[],
    _trust: PackageTrust,
    signal?: AbortSignal,
  ): Promise<Result<ReadonlyMap<string, PackageState>>> {
    this.questions.push(names);
    if (signal !== undefined) this.signals.push(signal);
    await this.clock.sleep(STEP_MS, signal);
    return ok(
      new Map(names.flatMap((name): [string, PackageState][] => {
        const installed = this.installed.get(name);
        const available = this.offered.get(name);
        if (installed === undefined && available === undefined) return [];
        return [[name, {
          name,
          near: [],
          ...(installed === undefined ? {} : { installed }),
          ...(available === undefined ? {} : { available }),
        }]];
      })),
    );
  }

  async change(changes: readonly PackageChange[]): Promise<PackageFailure | undefined> {
    this.transactions.push(changes.map(({ name }) => name));
    const signal = changes[0]?.signal;
    if (signal !== undefined) this.signals.push(signal);
    await this.clock.sleep(STEP_MS, signal);
    if (signal?.aborted) return failure("stopped", { code: "stopped" });
    const answer = this.answers.shift();
    if (answer !== undefined) return answer;
    const problem = changes.map(({ name }) => this.bad.get(name)).find((bad) => bad !== undefined);
    if (problem !== undefined) return problem;
    for (const change of changes) this.make(change);
    return undefined;
  }

  async foresee(changes: readonly PackageChange[]): Promise<PackageFailure | undefined> {
    this.foresights.push(changes.map(({ name }) => name));
    await this.clock.sleep(STEP_MS, changes[0]?.signal);
    return changes.map(({ name }) => this.bad.get(name)).find((bad) => bad !== undefined);
  }

  /** Makes a change as the package manager would. */
  make({ name, to }: Pick<PackageChange, "name" | "to">): void {
    if (to === "absent") this.installed.delete(name);
    else {
      const version = to === "newest" ? this.offered.get(name) : to.version;
      if (version !== undefined) this.installed.set(name, version);
    }
  }

  async refresh(): Promise<PackageFailure | undefined> {
    this.refreshes++;
    await this.clock.sleep(STEP_MS);
    return this.onRefresh();
  }

  listsAgeMs(): Promise<number | undefined> {
    return Promise.resolve(this.ageMs);
  }

  watch(changed: () => void): Watch {
    this.#changed.add(changed);
    return { close: () => this.#changed.delete(changed) };
  }

  /** Somebody changed something. */
  happen(): void {
    for (const changed of this.#changed) changed();
  }

  get watched(): number {
    return this.#changed.size;
  }
}

/** What gathers, the provider below it, and time. */
export function fakePackages() {
  const clock = new ManualClock();
  const provider = new FakeProvider(clock);
  const packages = createPackages({ clock, choose: () => Promise.resolve(ok(provider)) });
  return { clock, provider, packages };
}

/** A change that nobody stops and whose progress nobody hears. */
export function wanted(name: string, more: Partial<PackageChange> = {}): PackageChange {
  return {
    name,
    to: "newest",
    trust: FREELY,
    alone: false,
    progress: () => {},
    signal: new AbortController().signal,
    ...more,
  };
}

/** Names with numbers. */
export function numbered(count: number, prefix = "p"): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}
