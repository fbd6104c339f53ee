/**
 * When the lists of what the sources offer are fetched again: seldom enough for the mirrors, soon
 * enough for whoever waits for a package.
 *
 * @module
 */

import { onAbort } from "../base/either.ts";
import type { Failure } from "../base/result.ts";
import type { Clock } from "../os/clock.ts";
import type { PackageProvider } from "./packages.ts";
import { stopped } from "./change_request.ts";

/** Never more often than this, whoever asks. */
const PAUSE_MS = 10 * 60_000;
/** Lists so young need no fetching because a package is missing in them. */
const YOUNG_MS = 5 * 60_000;
/** Lists that are older are fetched where the newest version is wanted. */
const OLD_MS = 23 * 3600_000;

/** How it went: they were fetched, they were not because that was done lately, or it failed. */
export type Fetched = "fetched" | "lately" | Failure;

/** Fetches the lists of the sources, not too often. */
export class Lists {
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #running: Promise<Fetched> | undefined;
  #lastMs: number | undefined;
  #problem: Failure | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something is missing in the lists: fetches them unless they are young. */
  async miss(
    provider: PackageProvider,
    signal: AbortSignal,
    progress: (text: string) => void,
  ): Promise<Fetched> {
    if (provider.refresh === undefined) return "lately";
    const ageMs = await provider.listsAgeMs?.();
    if (ageMs !== undefined && ageMs < YOUNG_MS) return "lately";
    return await this.#fetch(provider, signal, progress);
  }

  /** The newest version is wanted: fetches the lists if they are old. */
  async freshen(provider: PackageProvider, signal: AbortSignal): Promise<Failure | undefined> {
    if (provider.refresh === undefined) return undefined;
    const ageMs = await provider.listsAgeMs?.() ?? this.#ownAgeMs();
    if (ageMs < OLD_MS) return undefined;
    const fetched = await this.#fetch(provider, signal, () => {});
    if (fetched === "lately") return this.#problem;
    return fetched === "fetched" ? undefined : fetched;
  }

  /** Whether what is missing in them may be there by now. */
  async areOld(provider: PackageProvider): Promise<boolean> {
    return (await provider.listsAgeMs?.() ?? 0) >= OLD_MS;
  }

  /** Stops fetching. */
  close(): void {
    this.#closing.abort();
  }

  /** How old the lists are by what was done here, where the package manager cannot tell. */
  #ownAgeMs(): number {
    if (this.#lastMs === undefined || this.#problem !== undefined) return Infinity;
    return this.#clock.nowMs() - this.#lastMs;
  }

  /** Once for all who ask meanwhile; whoever leaves does not stop it for the others. */
  async #fetch(
    provider: PackageProvider,
    signal: AbortSignal,
    progress: (text: string) => void,
  ): Promise<Fetched> {
    const nowMs = this.#clock.nowMs();
    if (this.#running === undefined) {
      if (this.#lastMs !== undefined && nowMs - this.#lastMs < PAUSE_MS) return "lately";
      this.#running = this.#fetchNow(provider, progress);
    }
    const { promise, resolve } = Promise.withResolvers<Fetched>();
    const letGo = onAbort(signal, () => resolve(stopped()));
    void this.#running.then(resolve);
    return await promise.finally(letGo);
  }

  async #fetchNow(
    provider: PackageProvider,
    progress: (text: string) => void,
  ): Promise<Fetched> {
    const problem = await provider.refresh?.({ signal: this.#closing.signal, progress });
    this.#lastMs = this.#clock.nowMs();
    this.#problem = problem;
    this.#running = undefined;
    return problem ?? "fetched";
  }
}
