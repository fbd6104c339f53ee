/**
 * What PackageKit knows of packages.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import { unsupported } from "../goals.ts";
import type { PackageState, PackageTrust } from "../packages.ts";
import type { Daemon } from "./daemon.ts";
import type { Broken } from "./dpkg.ts";
import { problemOf } from "./failures.ts";
import { FILTER, INFO, isPackageName, type PackageId } from "./protocol.ts";
import type { Named } from "./transaction.ts";

/** Names that are looked up for one that nobody knows. */
const SEARCHED = 40;

/** What PackageKit knows of one name. */
export interface ResolvedPackage {
  readonly installed?: Named;
  /** The newest version that is offered, unless that is the installed one. */
  readonly offered?: Named;
}

/** Asks for packages by name; names that nothing is known of are missing in the answer. */
export async function resolveNames(
  daemon: Daemon,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Result<ReadonlyMap<string, ResolvedPackage>>> {
  const usable = names.filter(isPackageName);
  const found = new Map<string, { installed?: Named; offered?: Named }>();
  if (usable.length === 0) return ok(found);
  // apt's answer has what is installed and what it would install; others have all versions.
  const filters = daemon.backend === "apt"
    ? [FILTER.architecture]
    : [FILTER.architecture | FILTER.installed, FILTER.architecture | FILTER.newest];
  for (const filter of filters) {
    const answer = await resolve(daemon, filter, usable, signal);
    if (!answer.ok) return answer;
    for (const named of answer.value) {
      for (const name of [named.name, `${named.name}:${named.architecture}`]) {
        const known = found.get(name) ?? {};
        if (named.info === INFO.installed) known.installed = named;
        else known.offered = named;
        found.set(name, known);
      }
    }
  }
  return ok(found);
}

/** Asks for names, or for packages by their ids. */
export async function resolve(
  daemon: Daemon,
  filter: bigint,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Result<readonly Named[]>> {
  const outcome = await daemon.run({
    method: "Resolve",
    signature: "tas",
    body: [filter, names],
    limitMs: LIMITS.packageLookMs,
    signal,
  });
  if (!outcome.ok) return outcome;
  const { error, packages } = outcome.value;
  return error === undefined ? ok(packages) : { ok: false, failure: problemOf(error) };
}

/** Why what is offered may not be installed, by name; where the backend cannot tell, it may be. */
export async function refusals(
  daemon: Daemon,
  offered: readonly PackageId[],
  trust: PackageTrust,
  signal?: AbortSignal,
): Promise<Result<ReadonlyMap<string, Failure>>> {
  const questions = [
    { asked: !trust.allowNonfree, filter: FILTER.free, failure: nonfree },
    { asked: !trust.allowUnsupported, filter: FILTER.supported, failure: foreign },
  ].filter(({ asked, filter }) => asked && (daemon.filters & filter) !== 0n);
  // Mostly everything passes all of them at once.
  const all = questions.reduce((bits, { filter }) => bits | filter, 0n);
  const doubtful = await failing(daemon, all, offered, signal);
  if (!doubtful.ok) return doubtful;
  const refused = new Map<string, Failure>();
  for (const { filter, failure } of questions) {
    const left = doubtful.value.filter(({ name }) => !refused.has(name));
    const failed = await failing(daemon, filter, left, signal);
    if (!failed.ok) return failed;
    for (const each of failed.value) {
      const passes = filter === FILTER.supported && isAddendum(daemon, each);
      if (!passes) refused.set(each.name, failure(each));
    }
  }
  return ok(refused);
}

/** Those that do not pass a filter. */
async function failing(
  daemon: Daemon,
  filter: bigint,
  asked: readonly PackageId[],
  signal: AbortSignal | undefined,
): Promise<Result<readonly PackageId[]>> {
  if (asked.length === 0 || filter === 0n) return ok([]);
  const answer = await resolve(daemon, filter, asked.map(({ id }) => id), signal);
  if (!answer.ok) return answer;
  const passed = new Set(answer.value.map(({ name, version }) => `${name} ${version}`));
  return ok(asked.filter(({ name, version }) => !passed.has(`${name} ${version}`)));
}

/**
 * What the distribution itself offers beside its free packages counts as unsupported; whoever allows
 * it because it is not free need not allow everything else that is not supported.
 */
function isAddendum({ distribution }: Daemon, { origin }: PackageId): boolean {
  return origin.startsWith(`${distribution}-`) && ADDENDUM.test(origin);
}

/** Components of Debian and Ubuntu at the end of apt's origins: `debian-stable-non-free`. */
const ADDENDUM = /-(contrib|non-free|non-free-firmware|restricted|multiverse)$/;

function nonfree({ name, version }: PackageId): Failure {
  return failure(`${name} ${version} may not be installed: it is not free software`, {
    code: "refused",
    hint: "set allownonfree: true if it should be",
  });
}

function foreign({ name, version, origin }: PackageId): Failure {
  return unsupported(name, version, origin);
}

/** Names that contain a part of one that nobody knows. */
export async function similarNames(
  daemon: Daemon,
  unknown: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const parts = unknown.slice(0, SEARCHED).filter(isPackageName).flatMap((name) => {
    const half = Math.max(3, Math.ceil(name.length / 2));
    return [name.slice(0, half), name.slice(-half)];
  });
  const names = new Set<string>();
  for (const part of new Set(parts)) {
    const outcome = await daemon.run({
      method: "SearchNames",
      signature: "tas",
      body: [FILTER.architecture, [part]],
      limitMs: LIMITS.packageLookMs,
      signal,
    });
    if (outcome.ok) outcome.value.packages.forEach(({ name }) => names.add(name));
  }
  return names;
}

/** The state of a package as the rest of the program knows it. */
export function stateOf(
  name: string,
  { installed, offered }: ResolvedPackage,
  { near, broken, refused }: {
    readonly near: readonly string[];
    readonly broken: Broken | undefined;
    readonly refused: Failure | undefined;
  },
): PackageState {
  const there = installed?.version ?? broken?.version;
  const available = offered?.version ?? installed?.version;
  return {
    name,
    near,
    ...(there === undefined ? {} : { installed: there }),
    ...(available === undefined ? {} : { available }),
    ...(broken === undefined ? {} : { broken: broken.state }),
    ...(refused === undefined ? {} : { refused }),
  };
}
