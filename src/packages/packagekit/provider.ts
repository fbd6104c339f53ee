/**
 * The packages of a host through PackageKit.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, ok, type Result } from "../../base/result.ts";
import type { Bus } from "../../systemd/bus/bus.ts";
import type { SeenChange, Watch } from "../../os/watch/watcher.ts";
import { listsAgeMs } from "../apt/refresh.ts";
import { createNativeApt } from "../apt/provider.ts";
import { nearNames } from "../near_names.ts";
import type {
  PackageChange,
  PackageFailure,
  PackageProvider,
  PackageState,
  PackageTrust,
  RefreshRequest,
} from "../packages.ts";
import { APT_PLACES, RPM_PLACES, watchPlaces } from "../places.ts";
import type { PackageHost } from "../tools.ts";
import { type ChangeTools, foreseeChanges, makeChanges } from "./changes.ts";
import type { Daemon } from "./daemon.ts";
import { DpkgNotes } from "./dpkg.ts";
import { problemOf } from "./failures.ts";
import { PACKAGEKIT } from "./protocol.ts";
import { refusals, type ResolvedPackage, resolveNames, similarNames, stateOf } from "./resolve.ts";

/** What PackageKit needs of a host. */
export interface PackageKitHost extends PackageHost {
  readonly systemBus: Bus;
}

/** A {@linkcode PackageProvider} on PackageKit's daemon. */
export function createPackageKit(host: PackageKitHost, daemon: Daemon): PackageProvider {
  return new PackageKit(host, daemon);
}

class PackageKit implements PackageProvider {
  readonly name = "PackageKit";
  readonly #host: PackageKitHost;
  readonly #daemon: Daemon;
  readonly #notes = new DpkgNotes();
  readonly #apt: PackageProvider;

  constructor(host: PackageKitHost, daemon: Daemon) {
    this.#host = host;
    this.#daemon = daemon;
    this.#apt = createNativeApt(host);
  }

  async look(
    names: readonly string[],
    trust: PackageTrust,
    signal?: AbortSignal,
  ): Promise<Result<ReadonlyMap<string, PackageState>>> {
    const daemon = this.#daemon;
    const found = await resolveNames(daemon, names, signal);
    if (!found.ok) return found;
    const wanted = names.map((
      name,
    ): [string, ResolvedPackage] => [name, found.value.get(name) ?? {}]);
    const offered = wanted.flatMap(([, { offered }]) => offered === undefined ? [] : [offered]);
    const refused = await refusals(daemon, offered, trust, signal);
    if (!refused.ok) return refused;
    const { broken } = await this.#notes.read();
    const unknown = wanted.filter(([, { installed, offered }]) =>
      (installed ?? offered) === undefined
    )
      .map(([name]) => name);
    const near = await this.#near(unknown, signal);
    return ok(
      new Map(wanted.map(([name, known]) => {
        const state = stateOf(name, known, {
          near: near.get(name) ?? [],
          broken: broken.get(name),
          refused: refused.value.get(known.offered?.name ?? name),
        });
        return [name, state];
      })),
    );
  }

  async change(changes: readonly PackageChange[]): Promise<PackageFailure | undefined> {
    const [first, ...rest] = changes;
    if (first === undefined) return undefined;
    const problem = await makeChanges(this.#tools(first), [first, ...rest]);
    return this.#takesForOffline(problem) ? await this.#apt.change(changes) : problem;
  }

  async foresee(changes: readonly PackageChange[]): Promise<PackageFailure | undefined> {
    const [first, ...rest] = changes;
    if (first === undefined) return undefined;
    const problem = await foreseeChanges(this.#tools(first), [first, ...rest]);
    return this.#takesForOffline(problem) ? await this.#apt.foresee?.(changes) : problem;
  }

  #tools({ trust }: PackageChange): ChangeTools {
    return {
      daemon: this.#daemon,
      host: this.#host,
      notes: this.#notes,
      look: (names) => this.look(names, trust),
    };
  }

  async refresh(how: RefreshRequest): Promise<Failure | undefined> {
    const problem = await this.#refresh(how);
    return this.#takesForOffline(problem) ? await this.#apt.refresh?.(how) : problem;
  }

  async #refresh({ signal }: RefreshRequest): Promise<Failure | undefined> {
    const outcome = await this.#daemon.run({
      method: "RefreshCache",
      signature: "b",
      body: [false],
      limitMs: LIMITS.packageTransactionMs,
      signal,
    });
    if (!outcome.ok) return outcome.failure;
    const { error } = outcome.value;
    return error === undefined ? undefined : problemOf(error);
  }

  async listsAgeMs(): Promise<number | undefined> {
    return this.#daemon.backend === "apt" ? await listsAgeMs(this.#host) : undefined;
  }

  watch(changed: (seen?: SeenChange) => void): Watch {
    const { systemBus, watcher } = this.#host;
    // Its daemon ends when nobody needs it, and then cannot tell what others change.
    const places = watchPlaces(watcher, [...APT_PLACES, ...RPM_PLACES], changed);
    const signals = systemBus.listen({
      match: { service: PACKAGEKIT, interface: PACKAGEKIT, member: "UpdatesChanged" },
      heard: () => changed({ source: "package", what: "PackageKit told of a change" }),
      renewed: () => changed({ source: "package", what: "PackageKit is heard anew" }),
    });
    return {
      close: () => {
        places.close();
        signals.close();
      },
    };
  }

  /**
   * PackageKit fetches nothing where there is no default route, also not from a mirror next door or
   * from a directory. apt itself simply tries.
   */
  #takesForOffline(problem: Failure | undefined): boolean {
    return problem?.code === "no-network" && this.#daemon.backend === "apt";
  }

  async #near(
    unknown: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    if (unknown.length === 0) return new Map();
    return nearNames(unknown, [...await similarNames(this.#daemon, unknown, signal)]);
  }
}
