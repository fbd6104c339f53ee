/**
 * Packages through apt and dpkg themselves, for hosts without PackageKit.
 *
 * @module
 */

import { type Failure, ok, type Result } from "../../base/result.ts";
import type { SeenChange, Watch } from "../../os/watch/watcher.ts";
import { type Admission, admission, type AptFact, aptFacts, objection } from "./facts.ts";
import { listsAgeMs, refreshLists } from "./refresh.ts";
import { AptTransaction } from "./transaction.ts";
import { brokenState, isGone, wholeVersion } from "./dpkg_state.ts";
import { nearNames } from "../near_names.ts";
import type {
  PackageChange,
  PackageFailure,
  PackageProvider,
  PackageState,
  PackageTrust,
  RefreshRequest,
} from "../packages.ts";
import { APT_PLACES, watchPlaces } from "../places.ts";
import { ask, type PackageHost } from "../tools.ts";

/** Makes the provider that uses apt. */
export function createNativeApt(host: PackageHost): PackageProvider {
  return new NativeApt(host);
}

class NativeApt implements PackageProvider {
  readonly name = "apt";
  readonly #host: PackageHost;

  constructor(host: PackageHost) {
    this.#host = host;
  }

  async look(
    names: readonly string[],
    trust: PackageTrust,
    signal?: AbortSignal,
  ): Promise<Result<ReadonlyMap<string, PackageState>>> {
    const facts = await aptFacts(this.#host, names, signal);
    if (!facts.ok) return facts;
    const factOf = (name: string) => facts.value.get(name) ?? NOTHING;
    // Whose it is matters only for what could be installed.
    const asks = names.some((name) => !isUpToDate(factOf(name)));
    const admitted = asks ? await admission(this.#host, signal) : undefined;
    if (admitted?.ok === false) return admitted;
    const unknown = names.filter((name) => isUnknown(factOf(name)));
    const near = unknown.length === 0
      ? new Map<string, readonly string[]>()
      : nearNames(unknown, await this.#known(signal));
    return ok(
      new Map(names.map((name) => {
        const proposals = near.get(name) ?? [];
        return [name, stateOf(name, factOf(name), trust, admitted?.value, proposals)];
      })),
    );
  }

  async change(changes: readonly PackageChange[]): Promise<PackageFailure | undefined> {
    const [first, ...rest] = changes;
    if (first === undefined) return undefined;
    return await new AptTransaction(this.#host, [first, ...rest]).run();
  }

  async foresee(changes: readonly PackageChange[]): Promise<PackageFailure | undefined> {
    const [first, ...rest] = changes;
    if (first === undefined) return undefined;
    return await new AptTransaction(this.#host, [first, ...rest]).foresee();
  }

  refresh(how: RefreshRequest): Promise<Failure | undefined> {
    return refreshLists(this.#host, how);
  }

  listsAgeMs(): Promise<number | undefined> {
    return listsAgeMs(this.#host);
  }

  watch(changed: (seen?: SeenChange) => void): Watch {
    return watchPlaces(this.#host.watcher, APT_PLACES, changed);
  }

  /** The names of all packages, for proposals; none where that cannot be had. */
  async #known(signal?: AbortSignal): Promise<readonly string[]> {
    const answer = await ask(this.#host, ["apt-cache", "pkgnames"], signal);
    return answer.ok ? answer.value.lines : [];
  }
}

const NOTHING: AptFact = { entry: undefined, offer: undefined };

function isUnknown({ entry, offer }: AptFact): boolean {
  return isGone(entry) && offer?.candidate === undefined;
}

function isUpToDate({ entry, offer }: AptFact): boolean {
  return offer?.candidate === undefined || wholeVersion(entry) === offer.candidate;
}

function stateOf(
  name: string,
  fact: AptFact,
  trust: PackageTrust,
  admission: Admission | undefined,
  near: readonly string[],
): PackageState {
  const { entry, offer } = fact;
  const broken = brokenState(entry);
  const candidate = offer?.versions.find(({ version }) => version === offer.candidate);
  const refused = candidate === undefined || admission === undefined || isUpToDate(fact)
    ? undefined
    : objection(name, candidate, trust, admission);
  return {
    name,
    ...(entry === undefined || isGone(entry) ? {} : { installed: entry.version }),
    ...(offer?.candidate === undefined ? {} : { available: offer.candidate }),
    ...(broken === undefined ? {} : { broken }),
    ...(refused === undefined ? {} : { refused }),
    near,
  };
}
