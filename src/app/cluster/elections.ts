/**
 * The elections that this host stands for, as a program of it reads them: `[NAME, COUNT]` says whether it
 * is elected. It stands for what is read. That it is elected counts only while the cluster's part holds a
 * place for it, and is over before another can have that.
 *
 * @module
 */

import { abortionOf, eitherOf } from "../../base/either.ts";
import type { InputReading, InputSource } from "../../base/input.ts";
import { LIMITS } from "../../base/limits.ts";
import { electionSemaphore, NO_LEADER } from "../../cluster/leader/elections.ts";
import type { FleetLocks, FleetPlace } from "../../engine/fleet_locks.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { ClusterFact } from "../../report/cluster_event.ts";

export interface ElectionsOptions {
  readonly clock: Clock;
  readonly places: FleetLocks;
  /** How long an answer is waited for before this host counts as not elected. */
  readonly waitMs: number;
  /** It stands for nothing, so that no other host loses by a run that changes nothing. */
  readonly noop: boolean;
  readonly tell: (fact: ClusterFact) => void;
  /** Something is stood for: that needs the cluster. */
  readonly open: () => void;
}

/** A leader that ended has a successor by then, where another voter's agent runs. */
const LEADERLESS_MS = 5000;

/** One election that is stood for. */
interface Candidacy {
  readonly name: string;
  readonly count: number;
  readonly ending: AbortController;
  /** Undefined: not known so far. */
  isElected: boolean | undefined;
  readonly why: string;
  timer: Timer | undefined;
  /** Nobody leads the cluster: what is waited for before that is told; true: it was. */
  leaderless: Timer | true | undefined;
}

/** The elections of this host. */
export class Elections implements InputSource {
  readonly #options: ElectionsOptions;
  readonly #candidacies = new Map<string, Candidacy>();
  readonly #listeners = new Set<() => void>();
  #isOver = false;

  constructor(options: ElectionsOptions) {
    this.#options = options;
  }

  /** Whether this host is elected; what is read first is stood for from then on. */
  read([name = "", countText = "1", ...rest]: readonly string[]): InputReading {
    const count = Number(countText);
    if (name === "" || !(count >= 1) || rest.length > 0) return { isKnown: true, value: undefined };
    if (this.#options.noop) return { isKnown: true, value: false };
    const { isElected, why } = this.#stand(name, count) ?? TOO_MANY;
    return isElected === undefined ? { isKnown: false, why } : { isKnown: true, value: isElected };
  }

  /** The same without standing: what is not stood for is not won. */
  look([name = "", countText = "1"]: readonly string[]): InputReading {
    const { isElected = false } = this.#candidacies.get(keyOf(name, Number(countText))) ?? {};
    return { isKnown: true, value: isElected };
  }

  watch(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  /** Only what is at these paths is stood for from now on. */
  keep(paths: readonly (readonly string[])[]): void {
    const kept = new Set(paths.map(([name = "", count = "1"]) => keyOf(name, Number(count))));
    for (const [key, candidacy] of this.#candidacies) if (!kept.has(key)) this.#end(candidacy);
  }

  /** The run ends: what this host was elected for others may have at once. Nobody is told of it here. */
  close(): void {
    this.#isOver = true;
    this.#listeners.clear();
    for (const candidacy of this.#candidacies.values()) this.#end(candidacy);
  }

  #stand(name: string, count: number): Candidacy | undefined {
    const key = keyOf(name, count);
    const known = this.#candidacies.get(key);
    if (known !== undefined || this.#candidacies.size >= LIMITS.elections) return known;
    const candidacy: Candidacy = {
      name,
      count,
      ending: new AbortController(),
      isElected: undefined,
      why: "the cluster has not said yet whether this host is elected",
      timer: undefined,
      leaderless: undefined,
    };
    this.#candidacies.set(key, candidacy);
    if (this.#isOver) return candidacy;
    const { clock, waitMs, open } = this.#options;
    open();
    candidacy.timer = clock.after(waitMs, () => this.#stopWaiting(candidacy));
    void this.#ask(candidacy);
    return candidacy;
  }

  /** Asks for a place, and again when one is lost. */
  async #ask(candidacy: Candidacy): Promise<void> {
    const { name, count, ending: { signal } } = candidacy;
    const ask = {
      name: electionSemaphore(name),
      size: count,
      key: `elect[${name}]`,
      fallback: "wait",
    } as const;
    const waits = (why: string, isTaken?: boolean) => {
      this.#missesLeader(candidacy, why === NO_LEADER);
      if (isTaken === true) this.#becomes(candidacy, false);
    };
    for (;;) {
      const place = await this.#options.places.acquire(ask, signal, waits);
      if (place === undefined) return;
      this.#missesLeader(candidacy, false);
      if (place.lost.aborted) return this.#becomes(candidacy, false); // nobody ever gives one here
      this.#elected(candidacy, true);
      const over = eitherOf(place.lost, signal);
      await abortionOf(over.signal);
      over.end();
      if (!signal.aborted) this.#elected(candidacy, false, place);
      place.release();
      if (signal.aborted) return;
    }
  }

  #elected(candidacy: Candidacy, isElected: boolean, place?: FleetPlace): void {
    const { name: election } = candidacy;
    this.#becomes(candidacy, isElected);
    this.#options.tell(
      place === undefined
        ? { what: "elected", election }
        : { what: "elected-no-longer", election, failure: place.failure() },
    );
  }

  #becomes(candidacy: Candidacy, isElected: boolean): void {
    candidacy.timer?.cancel();
    if (candidacy.isElected === isElected || candidacy.ending.signal.aborted) return;
    candidacy.isElected = isElected;
    for (const changed of [...this.#listeners]) changed();
  }

  #stopWaiting(candidacy: Candidacy): void {
    if (candidacy.isElected !== undefined) return;
    this.#options.tell({ what: "election-unknown", election: candidacy.name });
    this.#becomes(candidacy, false);
  }

  /** Says once that nobody can be elected, until somebody leads again. */
  #missesLeader(candidacy: Candidacy, isMissing: boolean): void {
    if (isMissing && candidacy.leaderless !== undefined) return;
    if (candidacy.leaderless !== true) candidacy.leaderless?.cancel();
    candidacy.leaderless = undefined;
    if (!isMissing || candidacy.ending.signal.aborted) return;
    candidacy.leaderless = this.#options.clock.after(LEADERLESS_MS, () => {
      candidacy.leaderless = true;
      this.#options.tell({ what: "election-waits", election: candidacy.name });
    });
  }

  #end(candidacy: Candidacy): void {
    candidacy.timer?.cancel();
    this.#missesLeader(candidacy, false);
    candidacy.ending.abort();
    this.#candidacies.delete(keyOf(candidacy.name, candidacy.count));
  }
}

const TOO_MANY = {
  isElected: undefined,
  why: `a host stands for at most ${LIMITS.elections} elections`,
};

function keyOf(name: string, count: number): string {
  return `${count} ${name}`;
}
