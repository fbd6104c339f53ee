/**
 * Packages through dnf and rpm themselves, for hosts without PackageKit and apt.
 *
 * Tried with dnf 4.14 and rpm 4.18, as Debian has them, on a repository of test packages; not on a
 * distribution made of rpm packages. Of dnf 5 only the words that it prints were taken into account,
 * from what is known of it. Not done: versions that the versionlock plugin holds are dnf's own business, and
 * two versions of a package that a killed upgrade has left are not told from a kernel's.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { SeenChange, Watch } from "../../os/watch/watcher.ts";
import { DnfOutput } from "./output.ts";
import { DnfTransaction, objection } from "./transaction.ts";
import { nearNames } from "../near_names.ts";
import type {
  PackageChange,
  PackageFailure,
  PackageProvider,
  PackageState,
  PackageTrust,
  RefreshRequest,
} from "../packages.ts";
import { DNF_PLACES, RPM_PLACES, watchPlaces } from "../places.ts";
import { type RpmFact, rpmFacts } from "./rpm_facts.ts";
import { ask, type PackageHost } from "../tools.ts";

/** Makes the provider that uses dnf. */
export function createNativeDnf(host: PackageHost): PackageProvider {
  return new NativeDnf(host);
}

/** Where dnf 4 and dnf 5 keep what they fetched, a directory for each source. */
const CACHES = ["/var/cache/dnf", "/var/cache/libdnf5"];

class NativeDnf implements PackageProvider {
  readonly name = "dnf";
  readonly #host: PackageHost;

  constructor(host: PackageHost) {
    this.#host = host;
  }

  async look(
    names: readonly string[],
    trust: PackageTrust,
    signal?: AbortSignal,
  ): Promise<Result<ReadonlyMap<string, PackageState>>> {
    const facts = await rpmFacts(this.#host, names, signal);
    if (!facts.ok) return facts;
    const factOf = (name: string): RpmFact => facts.value.get(name) ?? {};
    const unknown = names.filter((name) => {
      const { installed, latest } = factOf(name);
      return installed === undefined && latest === undefined;
    });
    const near = unknown.length === 0
      ? new Map<string, readonly string[]>()
      : nearNames(unknown, await this.#known(signal));
    return ok(
      new Map(names.map((name) => {
        const proposals = near.get(name) ?? [];
        return [name, { ...stateOf(factOf(name), trust), name, near: proposals }];
      })),
    );
  }

  async change(changes: readonly PackageChange[]): Promise<PackageFailure | undefined> {
    const [first, ...rest] = changes;
    if (first === undefined) return undefined;
    return await new DnfTransaction(this.#host, [first, ...rest]).run();
  }

  async foresee(changes: readonly PackageChange[]): Promise<PackageFailure | undefined> {
    const [first, ...rest] = changes;
    if (first === undefined) return undefined;
    return await new DnfTransaction(this.#host, [first, ...rest]).foresee();
  }

  async refresh({ progress, signal }: RefreshRequest): Promise<Failure | undefined> {
    progress("fetches the lists of what the sources offer");
    const argv = ["dnf", "--refresh", "makecache"] as const;
    const answer = await ask(this.#host, argv, signal, LIMITS.packageRefreshMs);
    if (!answer.ok) return answer.failure;
    const output = new DnfOutput(() => {});
    const lines = [...answer.value.lines, ...answer.value.complaints];
    for (const line of lines) output.line(line);
    // What cannot be reached is only warned of: the old lists are used.
    const problem = lines.find((line) => /^(Error: )?Failed to download metadata/.test(line));
    if (answer.value.code === 0 && problem === undefined) return undefined;
    const why = problem?.replace("Error: ", "") ?? output.reason();
    return failure(`dnf makecache failed: ${why.slice(0, 300)}`, { code: "download" });
  }

  /** When something in them was last fetched, or found to be up to date. */
  async listsAgeMs(): Promise<number | undefined> {
    const { files, clock } = this.#host;
    let newestMs = -Infinity;
    for (const cache of CACHES) {
      const sources = await files.list(cache);
      for (const { name } of sources.ok ? sources.value.entries : []) {
        const place = `${cache}/${name}/repodata`;
        const fetched = await files.list(place);
        for (const entry of fetched.ok ? fetched.value.entries : []) {
          const sight = await files.look(`${place}/${entry.name}`);
          if (!sight.ok || sight.value.type !== "file") continue;
          newestMs = Math.max(newestMs, sight.value.stat.mtimeMs);
        }
      }
    }
    return clock.wall().getTime() - newestMs;
  }

  watch(changed: (seen?: SeenChange) => void): Watch {
    return watchPlaces(this.#host.watcher, [...RPM_PLACES, ...DNF_PLACES], changed);
  }

  /** The names of all packages, for proposals; none where that cannot be had. */
  async #known(signal?: AbortSignal): Promise<readonly string[]> {
    const query = [
      "dnf",
      "--cacheonly",
      "--quiet",
      "repoquery",
      "--queryformat=%{name}\\n",
    ] as const;
    const answer = await ask(this.#host, query, signal);
    return answer.ok ? [...new Set(answer.value.lines.filter((line) => line !== ""))] : [];
  }
}

function stateOf(
  { installed, latest }: RpmFact,
  trust: PackageTrust,
): Omit<PackageState, "name" | "near"> {
  const isNews = latest !== undefined && latest.version !== installed?.version;
  const refused = isNews ? objection(latest, trust) : undefined;
  return {
    ...(installed === undefined ? {} : { installed: installed.version }),
    ...(latest === undefined ? {} : { available: latest.version }),
    ...(refused === undefined ? {} : { refused }),
  };
}
