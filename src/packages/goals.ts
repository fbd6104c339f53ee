/**
 * What a transaction is to reach, whoever makes it.
 *
 * @module
 */

import { failure } from "../base/result.ts";
import type { PackageChange, PackageFailure } from "./packages.ts";

/** A package that is not yet as it should be. */
export interface Goal {
  readonly change: PackageChange;
  /** The version to be installed; undefined: none. */
  readonly version: string | undefined;
}

/** Names that a failure lists. */
const NAMED = 10;

/** Goals as words: `install one 2.0, remove two`. */
export function wordsOf(goals: readonly Goal[], most = 5): string {
  const words = goals.slice(0, most).map(({ change: { name }, version }) =>
    version === undefined ? `remove ${name}` : `install ${name} ${version}`
  );
  if (goals.length > most) words.push(`${goals.length - most} more`);
  return words.join(", ");
}

/** The package that a goal is about. */
export function nameOf({ change: { name } }: Goal): string {
  return name;
}

/** Some names, as many as a reader takes in. */
export function listOf(names: readonly string[], most = NAMED): string {
  return `${names.slice(0, most).join(", ")}${names.length > most ? ", …" : ""}`;
}

/** A failure that certain packages are to blame for; all of them, where there are none. */
export function blaming(problem: PackageFailure, names: readonly string[]): PackageFailure {
  return names.length === 0 ? problem : { ...problem, blamed: names };
}

/** That packages would go which nobody asked to go. */
export function unasked(
  tool: string,
  goals: readonly Goal[],
  removed: readonly string[],
): PackageFailure | undefined {
  const asked = goals.filter(({ version }) => version === undefined).map(nameOf);
  const others = removed.filter((name) => !asked.includes(name));
  if (others.length === 0) return undefined;
  const text = `to ${wordsOf(goals)}, ${tool} would also remove ${listOf(others)}`;
  return failure(`${text}, which nobody asked for`, {
    code: "dependents",
    needs: [],
    hint: "if those are not wanted either, say so: state: uninstalled",
  });
}

/** That nothing can change a package until somebody lets it go; `version`: empty where it is not there. */
export function onHold(name: string, version: string): PackageFailure {
  const where = version === ""
    ? "on hold, though it is not installed"
    : `on hold at version ${version}`;
  const problem = failure(`${name} is ${where}`, {
    code: "held",
    needs: [],
    hint: `apt-mark unhold ${name} lets it be changed`,
  });
  return blaming(problem, [name]);
}

/** That there is no such version of a package, but others. */
export function noSuchVersion(
  name: string,
  version: string,
  others: readonly string[],
): PackageFailure {
  const text = `there is no version ${version} of ${name}; there are ${listOf(others, 5)}`;
  return blaming(failure(text, { code: "no-such-version" }), [name]);
}

/** That a tool reports success, and yet not all is as wanted. */
export function undone(tool: string, missed: readonly Goal[]): PackageFailure {
  return failure(`${tool} reports success, but it did not ${wordsOf(missed)}`, {
    code: "not-done",
    hint: "it is excluded or held back, or somebody else has changed it meanwhile",
  });
}

/**
 * That a package is none of the distribution's own. `origin`: what its source says it is; empty: it does
 * not say, as most sites' own do not.
 */
export function unsupported(name: string, version: string, origin: string): PackageFailure {
  const from = origin === "" ? "a source that does not say whose it is" : origin;
  const why = `the distribution does not support it (it is from ${from})`;
  return failure(`${name} ${version} may not be installed: ${why}`, {
    code: "refused",
    hint:
      "set allowunsupported: true if it should be, as packages of your own or of another maker " +
      "need it; allowuntrusted: true, too, where nobody has signed their source",
  });
}

/** That nobody offers a package. */
export function unknownTo(tool: string, name: string): PackageFailure {
  const text = `no source of ${tool} offers a package ${name}`;
  return blaming(failure(text, { code: "package-unknown" }), [name]);
}
