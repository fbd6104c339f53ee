/**
 * From what is wanted to PackageKit's ids.
 *
 * @module
 */

import type { Picked } from "./protocol.ts";
import { failure, ok, type Result } from "../../base/result.ts";
import type { PackageChange, PackageFailure } from "../packages.ts";
import type { Daemon } from "./daemon.ts";
import { FILTER } from "./protocol.ts";
import { trustKey } from "../questions.ts";
import { refusals, resolve, type ResolvedPackage, resolveNames } from "./resolve.ts";
import type { Named } from "./transaction.ts";

/** What is to be done, by how it is done. */
export interface Picks {
  readonly install: readonly Picked[];
  readonly remove: readonly Picked[];
  /** One for which there is nothing that could or may be installed. */
  readonly missing: PackageFailure | undefined;
}

/** Finds the package for each change. */
export async function pick(
  daemon: Daemon,
  changes: readonly PackageChange[],
): Promise<Result<Picks>> {
  const signal = changes[0]?.signal;
  const found = await resolveNames(daemon, changes.map(({ name }) => name), signal);
  if (!found.ok) return found;
  const of = (change: PackageChange): ResolvedPackage => found.value.get(change.name) ?? {};
  const versions = await resolveVersions(daemon, changes, of, signal);
  if (!versions.ok) return versions;
  const install: Picked[] = [];
  const remove: Picked[] = [];
  const missing: PackageChange[] = [];
  for (const change of changes) {
    const { installed, offered } = of(change);
    const isThere = installed !== undefined && installed.version === versionOf(change, of(change));
    // What is as it should be needs nothing; unless it is broken, which PackageKit shows as offered.
    if (change.to !== "absent" && isThere) continue;
    const picked = typeof change.to === "object"
      ? versions.value.get(change)
      : change.to === "absent"
      // What is half installed counts as offered.
      ? installed ?? offered
      : offered ?? installed;
    if (picked === undefined && change.to !== "absent") missing.push(change);
    if (picked === undefined) continue;
    (change.to === "absent" ? remove : install).push({ ...picked, change });
  }
  const refused = missing.length > 0 ? undefined : await firstRefused(daemon, install, signal);
  if (refused?.ok === false) return refused;
  return ok({ install, remove, missing: missingFailure(missing, of) ?? refused?.value });
}

function versionOf(
  { to }: PackageChange,
  { installed, offered }: ResolvedPackage,
): string | undefined {
  return typeof to === "object" ? to.version : (offered ?? installed)?.version;
}

/** Who may not be installed with the trust it has. */
async function firstRefused(
  daemon: Daemon,
  install: readonly Picked[],
  signal: AbortSignal | undefined,
): Promise<Result<PackageFailure | undefined>> {
  for (const group of Map.groupBy(install, ({ change }) => trustKey(change.trust)).values()) {
    const trust = group[0]?.change.trust;
    if (trust === undefined) continue;
    const refused = await refusals(daemon, group, trust, signal);
    if (!refused.ok) return refused;
    for (const { change, name } of group) {
      const no = refused.value.get(name);
      if (no !== undefined) return ok({ ...no, blamed: [change.name] });
    }
  }
  return ok(undefined);
}

/** Asks for certain versions, which need not be the newest. */
async function resolveVersions(
  daemon: Daemon,
  changes: readonly PackageChange[],
  of: (change: PackageChange) => ResolvedPackage,
  signal: AbortSignal | undefined,
): Promise<Result<ReadonlyMap<PackageChange, Named>>> {
  const asked = changes.flatMap((change) => {
    const { installed, offered } = of(change);
    const any = offered ?? installed;
    return typeof change.to === "object" && any !== undefined
      ? [{ change, name: any.name, version: change.to.version, any }]
      : [];
  });
  const result = new Map<PackageChange, Named>();
  if (asked.length === 0) return ok(result);
  const ids = asked.map(({ name, version, any }) => `${name};${version};${any.architecture};`);
  // By name, too: a backend may know a version only of another architecture.
  const answer = await resolve(daemon, FILTER.architecture, ids, signal);
  if (!answer.ok) return answer;
  for (const { change, name, version } of asked) {
    // An id whose version is not there is answered with another version.
    const fits = answer.value.find((named) => named.name === name && named.version === version);
    if (fits !== undefined) result.set(change, fits);
  }
  return ok(result);
}

function missingFailure(
  missing: readonly PackageChange[],
  of: (change: PackageChange) => ResolvedPackage,
): PackageFailure | undefined {
  const [first] = missing;
  if (first === undefined) return undefined;
  const { installed, offered } = of(first);
  const version = typeof first.to === "object" ? ` ${first.to.version}` : "";
  const there = [offered, installed].flatMap((named) => named === undefined ? [] : [named.version]);
  return {
    ...failure(`no source of this host offers ${first.name}${version}`, {
      code: version === "" ? "package-unknown" : "version-unknown",
      hint: there.length === 0
        ? "look at the name, and at the sources of the package manager"
        : `there is ${there.join(", and installed ")}`,
    }),
    blamed: [first.name],
  };
}
