/**
 * Places in semaphores of the fleet, between the engine, which waits for them, and the part in a cluster
 * of this host, which may come and go.
 *
 * @module
 */

import { onAbort } from "../../base/either.ts";
import { failure } from "../../base/result.ts";
import type { PlaceRequest } from "../../cluster/agent/io.ts";
import { electionOf } from "../../cluster/leader/elections.ts";
import type { PlaceNews } from "../../cluster/agent/effect_runner_options.ts";
import type { FleetAsk, FleetLocks, FleetPlace } from "../../engine/fleet_locks.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { ClusterFact } from "../../report/cluster_event.ts";

/** Who asks the leader for places. */
export interface PlaceKeeper {
  want(wish: PlaceRequest): void;
  unwant(want: number): void;
}

/** One place that is wanted or held. */
interface PlaceQueueEntry {
  readonly wish: PlaceRequest;
  readonly lost: AbortController;
  readonly waits: (why: string, isTaken?: boolean) => void;
  readonly come: (place: FleetPlace | undefined) => void;
  /** What came of it: a place, or that it goes on without one. */
  came: "place" | "without" | undefined;
  why: string;
  /** Ends the waiting where there is no part in a cluster at all. */
  timer?: Timer;
}

export interface FleetPlacesOptions {
  readonly clock: Clock;
  /** How long a cluster is waited for, before who may goes on without. */
  readonly waitMs: number;
  /** False: no cluster ever comes. */
  readonly network: boolean;
  readonly tell: (fact: ClusterFact) => void;
  /** Something is wanted: it is time to look for the others. */
  readonly wanted: () => void;
}

/** The places of this host. */
export class FleetPlaces implements FleetLocks {
  readonly #options: FleetPlacesOptions;
  readonly #wants = new Map<number, PlaceQueueEntry>();
  #keeper: PlaceKeeper | undefined;
  #count = 0;

  constructor(options: FleetPlacesOptions) {
    this.#options = options;
  }

  acquire(
    { name, size, key, fallback }: FleetAsk,
    signal: AbortSignal,
    waits: (why: string, isTaken?: boolean) => void,
  ): Promise<FleetPlace | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    this.#options.wanted();
    const { promise, resolve } = Promise.withResolvers<FleetPlace | undefined>();
    const wish = { want: ++this.#count, name, size, resource: key, mayGo: fallback === "go" };
    const come = (place: FleetPlace | undefined) => {
      letGo();
      resolve(place);
    };
    const want: PlaceQueueEntry = {
      wish,
      lost: new AbortController(),
      waits,
      come,
      came: undefined,
      why: "",
    };
    const letGo = onAbort(signal, () => {
      this.#leave(want);
      resolve(undefined);
    });
    this.#wants.set(wish.want, want);
    this.#want(want);
    return promise;
  }

  /** There is a part in a cluster, another one, or none: what is held goes with it. */
  attach(keeper: PlaceKeeper | undefined): void {
    if (this.#keeper === keeper) return;
    this.#keeper = keeper;
    for (const want of this.#wants.values()) {
      if (want.came === undefined) this.#want(want);
      else if (want.came === "place") this.#lose(want, "this host has left its cluster");
    }
  }

  /** How it is with a place, as the part in the cluster says. */
  place(news: PlaceNews): void {
    const want = this.#wants.get(news.want);
    if (want === undefined) return;
    if (news.is === "waits") want.waits(news.why, news.isTaken === true);
    else if (news.is === "lost") this.#lose(want, news.why);
    else this.#come(want, news.is === "without" ? news.why : undefined);
  }

  #want(want: PlaceQueueEntry): void {
    const { wish, waits } = want;
    want.timer?.cancel();
    if (this.#keeper !== undefined) return this.#keeper.want(wish);
    const { clock, waitMs, network } = this.#options;
    if (!network) return this.#without(want);
    const why = "this host is in no cluster";
    waits(why, false);
    if (!wish.mayGo) return;
    want.timer = clock.after(waitMs, () => this.#come(want, why));
  }

  /** Nobody ever gives a place here: who needs one has lost it before it begins. */
  #without(want: PlaceQueueEntry): void {
    const why = "with --no-network there is no cluster to give one";
    if (want.wish.mayGo) return this.#come(want, why);
    want.lost.abort();
    want.come({
      lost: want.lost.signal,
      failure: () =>
        failure(`it needs a place in ${textOf(want)}, and ${why}`, {
          code: "no-network",
          hint: "run without --no-network, or let it go on without: meta: {fleet_fallback: go}",
        }),
      release: () => this.#leave(want),
    });
  }

  #come(want: PlaceQueueEntry, without: string | undefined): void {
    const { lost } = want;
    if (want.came !== undefined) return;
    want.came = without === undefined ? "place" : "without";
    const semaphore = textOf(want);
    const election = electionOf(want.wish.name);
    want.come({
      lost: lost.signal,
      failure: () =>
        failure(
          election === undefined ? `its place in ${semaphore} is lost: ${want.why}` : want.why,
          {
            code: "place-lost",
            hint: "others may have it by now; what was under way was ended where that is possible",
          },
        ),
      ...(without === undefined
        ? {}
        : { warning: `goes on without a place in ${semaphore} (fleet_fallback: go): ${without}` }),
      release: () => this.#leave(want),
    });
  }

  /** Who may go on without a place does so, too, when one is lost. */
  #lose(want: PlaceQueueEntry, why: string): void {
    want.why = why;
    if (!want.wish.mayGo) return want.lost.abort();
    const { resource } = want.wish;
    this.#options.tell({ what: "place-lost", resource, semaphore: textOf(want), reason: why });
  }

  #leave(want: PlaceQueueEntry): void {
    want.timer?.cancel();
    this.#wants.delete(want.wish.want);
    this.#keeper?.unwant(want.wish.want);
  }
}

function textOf({ wish: { name, size } }: PlaceQueueEntry): string {
  return `fleet:${name}:${size}`;
}
