/**
 * From wanted changes to what apt is told, or the reason why apt should not even be asked.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import { type Admission, type AptFact, objection } from "./apt_facts.ts";
import { isGone, wholeVersion } from "./dpkg_state.ts";
import type { PackageChange, PackageFailure } from "./packages.ts";

/** A package that is not yet as it should be. */
export interface Goal {
  readonly change: PackageChange;
  /** The version to be installed; undefined: none. */
  readonly version: string | undefined;
}

/** Other versions that a failure names. */
const NAMED_VERSIONS = 5;

/** What has to be done; nothing for what is as it should be. */
export function goalsOf(
  changes: readonly PackageChange[],
  facts: ReadonlyMap<string, AptFact>,
  admission: Admission,
): readonly Goal[] | PackageFailure {
  const goals: Goal[] = [];
  for (const change of changes) {
    const fact = facts.get(change.name) ?? { entry: undefined, offer: undefined };
    const version = change.to === "absent" ? undefined : versionOf(change, fact, admission);
    if (typeof version === "object") return version;
    const goal = { change, version };
    if (isReached(goal, fact)) continue;
    if (fact.entry?.want === "hold") return held(change.name, fact.entry.version);
    goals.push(goal);
  }
  return goals;
}

/** Whether a package is as it should be. */
export function isReached({ version }: Goal, { entry }: Pick<AptFact, "entry">): boolean {
  return version === undefined ? isGone(entry) : wholeVersion(entry) === version;
}

/** A goal as an argument of `apt-get install`. */
export function argumentOf({ change: { name }, version }: Goal): string {
  return version === undefined ? `${name}-` : `${name}=${version}`;
}

/** Goals as words: `install one 2.0, remove two`. */
export function wordsOf(goals: readonly Goal[], most = 5): string {
  const words = goals.slice(0, most).map(({ change: { name }, version }) =>
    version === undefined ? `remove ${name}` : `install ${name} ${version}`
  );
  if (goals.length > most) words.push(`${goals.length - most} more`);
  return words.join(", ");
}

function versionOf(
  { name, to, trust }: PackageChange,
  { entry, offer }: AptFact,
  admission: Admission,
): string | PackageFailure {
  const installed = wholeVersion(entry);
  if (typeof to === "object" && installed === to.version) return installed;
  const version = typeof to === "object" ? to.version : offer?.candidate;
  const offered = offer?.versions.find((each) => each.version === version);
  if (version === undefined || offered === undefined) {
    const others = offer?.versions.map((each) => each.version) ?? [];
    return typeof to === "object" && others.length > 0
      ? noSuchVersion(name, to.version, others)
      : blame(
        failure(`no source of apt offers a package ${name}`, { code: "package-unknown" }),
        name,
      );
  }
  const no = version === installed ? undefined : objection(name, offered, trust, admission);
  return no === undefined ? version : blame(no, name);
}

function blame(problem: Failure, ...blamed: readonly string[]): PackageFailure {
  return { ...problem, blamed };
}

function noSuchVersion(name: string, version: string, others: readonly string[]): PackageFailure {
  const shown = others.slice(0, NAMED_VERSIONS).join(", ");
  const more = others.length > NAMED_VERSIONS ? ", …" : "";
  const problem = failure(`there is no version ${version} of ${name}; there are ${shown}${more}`, {
    code: "no-such-version",
  });
  return blame(problem, name);
}

function held(name: string, version: string): PackageFailure {
  const problem = failure(`${name} is on hold at version ${version}`, {
    code: "held",
    hint: `apt-mark unhold ${name} lets it be changed`,
  });
  return blame(problem, name);
}
