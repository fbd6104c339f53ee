/**
 * From wanted changes to what apt is told, or the reason why apt should not even be asked.
 *
 * @module
 */

import { type Admission, type AptFact, objection } from "./facts.ts";
import { isGone, wholeVersion } from "./dpkg_state.ts";
import { blaming, type Goal, noSuchVersion, onHold, unknownTo } from "../goals.ts";
import type { PackageChange, PackageFailure } from "../packages.ts";

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
    if (fact.entry?.want === "hold") return onHold(change.name, fact.entry.version);
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
      : unknownTo("apt", name);
  }
  const no = version === installed ? undefined : objection(name, offered, trust, admission);
  return no === undefined ? version : blaming(no, [name]);
}
