/**
 * What dpkg and apt know of some packages, and what may be installed of it.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import {
  aptOffers,
  aptReleases,
  componentOf,
  type OfferedVersion,
  type PolicyOffer,
  type Release,
} from "./policy.ts";
import { type DpkgEntry, dpkgState, entryOf } from "./dpkg_state.ts";
import { unsupported } from "../goals.ts";
import type { PackageTrust } from "../packages.ts";
import type { PackageHost } from "../tools.ts";

/** What is known of one package. */
export interface AptFact {
  /** What dpkg has of it. */
  readonly entry: DpkgEntry | undefined;
  /** What the sources offer. */
  readonly offer: PolicyOffer | undefined;
}

/** A name as Debian writes it, maybe with an architecture. All others would be patterns to the tools. */
const NAME = /^[a-z0-9][a-z0-9+.-]{0,199}(:[a-z0-9-]{1,40})?$/;

/** Asks dpkg and apt about packages, all at once. */
export async function aptFacts(
  host: PackageHost,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Result<ReadonlyMap<string, AptFact>>> {
  const facts = new Map<string, AptFact>();
  const wanted = names.filter((name) => NAME.test(name));
  for (let start = 0; start < wanted.length; start += LIMITS.packageNames) {
    const some = wanted.slice(start, start + LIMITS.packageNames);
    const [state, offers] = await Promise.all([
      dpkgState(host, some, signal),
      aptOffers(host, some, signal),
    ]);
    if (!state.ok) return state;
    if (!offers.ok) return offers;
    for (const name of some) {
      // apt leaves out the architecture of the host.
      const own = name.endsWith(`:${state.value.architecture}`) ? name.split(":")[0] : undefined;
      facts.set(name, {
        entry: entryOf(state.value, name),
        offer: offers.value.get(name) ?? offers.value.get(own ?? name),
      });
    }
  }
  return ok(facts);
}

/** Whose packages may be installed. */
export interface Admission {
  /** Who stands behind the sources; undefined where nobody asked. */
  readonly releases: ReadonlyMap<string, Release>;
  /** Names of the distribution and those it descends from, in small letters. */
  readonly distribution: readonly string[];
}

/** What says whether a version may be installed. */
export async function admission(
  host: PackageHost,
  signal?: AbortSignal,
): Promise<Result<Admission>> {
  const releases = await aptReleases(host, signal);
  if (!releases.ok) return releases;
  return ok({ releases: releases.value, distribution: await distributionOf(host, signal) });
}

/** Why a version may not be installed; undefined: it may, as far as its source can tell. */
export function objection(
  name: string,
  { version, sources }: OfferedVersion,
  trust: PackageTrust,
  admission: Admission,
): Failure | undefined {
  const no = flawOf(sources, trust, admission);
  if (no === undefined) return undefined;
  if (no.foreign !== undefined) return unsupported(name, version, no.foreign);
  return failure(
    `${name} ${version} may not be installed: it is not free software (${no.nonfree})`,
    {
      code: "refused",
      hint: "set allownonfree: true if it should be",
    },
  );
}

function flawOf(
  sources: readonly string[],
  trust: PackageTrust,
  { releases, distribution }: Admission,
): { readonly nonfree?: string; readonly foreign?: string } | undefined {
  const offering = sources.filter((source) => source.endsWith(" Packages"));
  if (offering.length === 0) return undefined;
  const components = offering.map((source) =>
    releases.get(source)?.component || componentOf(source)
  );
  if (!trust.allowNonfree && components.every((component) => NOT_FREE.test(component))) {
    return { nonfree: components[0] ?? "" };
  }
  const supports = (source: string, component = "") => {
    const origin = releases.get(source)?.origin.toLowerCase() ?? "";
    return distribution.includes(origin) && !COMMUNITY.test(component);
  };
  if (!trust.allowUnsupported && !offering.some((source, at) => supports(source, components[at]))) {
    const [first = ""] = offering;
    return { foreign: [releases.get(first)?.origin, components[0]].filter(Boolean).join(" ") };
  }
  return undefined;
}

/** Components whose packages, or what those need, are not free: Debian's and Ubuntu's. */
const NOT_FREE = /^(non-free|non-free-firmware|contrib|restricted|multiverse)$/;
/** Components of Ubuntu that it does not support itself. */
const COMMUNITY = /^(universe|multiverse)$/;
const OS_RELEASE_BYTES = 64 * 1024;

async function distributionOf(host: PackageHost, signal?: AbortSignal): Promise<readonly string[]> {
  for (const path of ["/etc/os-release", "/usr/lib/os-release"]) {
    const sight = await host.files.look(path, {
      contentUpToBytes: OS_RELEASE_BYTES,
      ...(signal === undefined ? {} : { signal }),
    });
    if (!sight.ok || sight.value.type !== "file" || sight.value.content === undefined) continue;
    const text = new TextDecoder().decode(sight.value.content);
    return [...text.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)]
      .flatMap(([, words = ""]) => words.toLowerCase().split(/\s+/)).filter((word) => word !== "");
  }
  return [];
}
