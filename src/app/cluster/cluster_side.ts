/**
 * The side of a run that has to do with other hosts: its part in a cluster, opened when something first
 * needs it, and what the run asks the cluster for.
 *
 * @module
 */

import type { InputSource } from "../../base/input.ts";
import { fail, type Failure, type Result } from "../../base/result.ts";
import { SharedValues } from "../../cluster/exchange/shared_values.ts";
import type { LoadedGraph } from "../../lang/load.ts";
import { hostName } from "../../os/host_name.ts";
import type { ClusterFact } from "../../report/cluster_event.ts";
import type { AgentParts } from "../agent_parts.ts";
import type { MembershipOptions } from "./active_membership.ts";
import type { ClusterPart } from "./cluster_part.ts";
import { Elections } from "./elections.ts";
import { FleetPlaces } from "./fleet_places.ts";
import type { RunsTeller } from "./runs_teller.ts";
import type { FactsAnswer } from "./told_to_agent.ts";

export interface ClusterSideOptions
  extends Pick<MembershipOptions, "orders" | "collected" | "settled" | "refused"> {
  readonly parts: AgentParts;
  /** Whether the first graph has settled. */
  readonly hasSettled: () => boolean;
  /** A place of the fleet is wanted: it is time to look for the others. */
  readonly wanted: () => void;
}

/** What a run has to do with other hosts. */
export class ClusterSide {
  readonly places: FleetPlaces;
  readonly values: SharedValues;
  readonly elections: Elections;
  readonly #options: ClusterSideOptions;
  #runs: RunsTeller | undefined;
  #part: ClusterPart | undefined;
  #opening: Promise<ClusterPart | undefined> | undefined;
  /** Why this host has no part in its cluster. */
  #outcast: Failure | undefined;
  #exports = 0;
  #isOver = false;
  readonly #ending = new AbortController();

  constructor(options: ClusterSideOptions) {
    this.#options = options;
    const { settings: { cluster, noop }, host: { clock } } = options.parts;
    const tell = (fact: ClusterFact) => this.#tell(fact);
    const waitMs = cluster.waitSeconds * 1000;
    const { network } = cluster;
    const open = () => void this.#open().then(() => this.begin());
    this.places = new FleetPlaces({ clock, waitMs, network, tell, wanted: options.wanted });
    this.elections = new Elections({ ...{ clock, waitMs, noop, tell }, places: this.places, open });
    this.values = new SharedValues({
      host: this.name,
      ...{ clock, waitMs, tell },
      wanted: open,
    });
  }

  /** The same for who only looks: nobody stands for what a plan reads, and nothing is followed no more. */
  get looks(): Readonly<Record<"fleet" | "elected", InputSource>> {
    const { values, elections } = this;
    return {
      fleet: { read: (path) => values.read(path), watch: (changed) => values.watch(changed) },
      elected: {
        read: (path) => elections.look(path),
        watch: (changed) => elections.watch(changed),
      },
    };
  }

  /** Its part in a cluster; undefined: there is none so far. */
  get part(): ClusterPart | undefined {
    return this.#part;
  }

  /** What another host tells of itself. */
  async factsOf(host: string, signal: AbortSignal): Promise<Result<FactsAnswer>> {
    const { prefix, host: { clock } } = this.#options.parts;
    if (this.#part === undefined) {
      return fail("the agent of this host has no part in a cluster", {
        code: "no-cluster",
        hint: "name a host of one with --seeds, or a file with --facts",
      });
    }
    const { factsOfHost } = await import("./told_to_agent.ts");
    return await factsOfHost(host, { store: this.#part.store, prefix, clock, signal });
  }

  /** How many resources the graph offers to others. */
  get exports(): number {
    return this.#exports;
  }

  /** Whether it is known to have no part in its cluster. */
  get isOutcast(): boolean {
    return this.#outcast !== undefined;
  }

  /** Whether a first answer is still waited for. */
  get pending(): boolean {
    return this.#part?.pending ?? false;
  }

  /** Opens the part where a graph needs it. */
  async prepare(loaded: LoadedGraph): Promise<void> {
    const { cluster } = this.#options.parts.settings;
    this.#exports = loaded.offers.length;
    const isNeeded = cluster.asked || loaded.offers.length > 0 || loaded.collects.length > 0 ||
      sharesSemaphores(loaded);
    if (isNeeded) await this.#open();
  }

  /** Looks for the others. */
  begin(): void {
    if (!this.#isOver) this.#part?.begin();
  }

  /** Leaves the others be. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#ending.abort();
    this.elections.close();
    this.values.close();
    await this.#part?.stop();
  }

  /** What needs the cluster at the same time needs the same one. */
  async #open(): Promise<ClusterPart | undefined> {
    if (this.#part !== undefined || this.#isOver) return this.#part;
    this.#opening ??= this.#start().finally(() => this.#opening = undefined);
    return this.#part = await this.#opening;
  }

  async #start(): Promise<ClusterPart | undefined> {
    const { parts: { settings, host, prefix, earlier }, hasSettled, ...given } = this.#options;
    const { openPart, runsTeller, shareAbout } = await import("./open_part.ts");
    this.#runs ??= runsTeller(this.#options.parts);
    const options: MembershipOptions = {
      settings,
      host,
      prefix,
      name: this.name,
      tell: (fact) => this.#tell(fact),
      cause: () => ({ text: `its graph was ${hasSettled() ? "changed" : "read"}` }),
      places: this.places,
      runs: this.#runs,
      values: this.values,
      orders: given.orders,
      collected: given.collected,
      settled: given.settled,
      refused: given.refused,
      outcast: (failure) => {
        if (this.#outcast?.message === failure?.message) return;
        this.#outcast = failure;
        this.#tell({ what: "outcast", ...(failure && { failure }) });
      },
    };
    // Before anything is published: what was said of this host is not to go for a moment.
    await shareAbout(this.#options.parts, this.values, this.#ending.signal);
    return await openPart(options, earlier);
  }

  /** The name that this host goes by. */
  get name(): string {
    return this.#options.parts.settings.hostname ?? hostName();
  }

  #tell(fact: ClusterFact): void {
    this.#options.parts.reporter.event({ type: "cluster", ...fact });
  }
}

function sharesSemaphores({ graph }: LoadedGraph): boolean {
  return [...graph.vertices.values()].some(({ meta }) => meta.fleet.length > 0);
}
