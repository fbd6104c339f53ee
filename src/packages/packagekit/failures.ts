/**
 * Why PackageKit did not do what was wanted, and whose fault it is.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { AptOutput } from "../apt/output.ts";
import type { PackageFailure } from "../packages.ts";
import type { Picked } from "./protocol.ts";
import { errorCode } from "./protocol.ts";
import type { TransactionOutcome } from "./transaction.ts";

/** Of an error's text, this much is repeated. */
const DETAILS_LENGTH = 500;
/** Names that a failure lists. */
const NAMED = 5;

const NO_SPACE = /No space left on device|have enough free space|Disk quota exceeded/;
/** Errors that name the package that they are about. */
const NAMING = new Set(["script", "download", "untrusted", "essential"]);

const HINTS: Readonly<Record<string, string>> = {
  "no-space": "make room; apt-get clean removes the files of packages that were fetched",
  "no-network": "PackageKit takes a host without a default route for one that is offline",
  download: "the lists of what the sources offer may be too old, or the source out of reach",
  untrusted: "set allowuntrusted: true if it should be installed nevertheless",
  essential: "the host would not work without it",
  "not-allowed": "only root changes packages",
  locked: "if the one who holds the lock hangs, it must be ended by hand",
};

/** Packages by their names, not too many. */
function list(names: readonly string[]): string {
  return `${names.slice(0, NAMED).join(", ")}${names.length > NAMED ? ", …" : ""}`;
}

/** An error of PackageKit as a failure. */
export function problemOf({ code, details }: NonNullable<TransactionOutcome["error"]>): Failure {
  const lines = details.split("\n").map((line) => line.trim().replace(/^[EW]: /, ""))
    .filter((line) => line !== "" && !/^Be aware that removing the lock file/.test(line));
  return ourFailure(errorCode(code), shortened(lines.join("; ")));
}

/**
 * The failure of a transaction, with those that it names. What apt and dpkg printed meanwhile says
 * more than PackageKit does.
 */
export function failureOf(
  { error, at }: TransactionOutcome,
  picked: readonly Picked[],
  printed: AptOutput | undefined,
): PackageFailure | undefined {
  if (error === undefined) return undefined;
  const problem = problemOf(error);
  const faults = printed?.faults() ?? new Map<string, string>();
  const words = new Set(error.details.split(/[\s,;:()'"]+/));
  if (problem.code === "script" && at !== undefined) words.add(at);
  const names = faults.size > 0 ? new Set(faults.keys()) : words;
  const blamed = NAMING.has(problem.code ?? "") || faults.size > 0
    ? picked.filter(({ change, name }) => names.has(name) || names.has(change.name))
    : [];
  const reason = faults.size > 0 ? printed?.reason() ?? "" : problem.message;
  const code = NO_SPACE.test(`${reason} ${error.details}`) || printed?.has(NO_SPACE)
    ? "no-space"
    : problem.code ?? "failed";
  const said = ourFailure(
    code,
    `${headline(code, blamed.length > 0 ? blamed : picked)}: ${reason}`,
  );
  // Where the disk is full everybody would fail.
  if (blamed.length === 0 || code === "no-space") return said;
  const all = { ...said, blamed: blamed.map(({ change }) => change.name) };
  if (blamed.length === 1 || faults.size === 0) return all;
  const own = blamed.map((each): [string, Failure] => {
    const why = faults.get(each.name) ?? faults.get(each.change.name) ?? reason;
    return [each.change.name, ourFailure(code, `${headline(code, [each])}: ${why}`)];
  });
  return { ...all, own: new Map(own) };
}

function headline(code: string, picked: readonly Picked[]): string {
  const words = picked.map(({ change, name }) =>
    `${change.to === "absent" ? "remove" : "install"} ${name}`
  );
  const what = `PackageKit could not ${list(words)}`;
  if (code === "no-space") return `the disk is full, so ${what}`;
  return code === "untrusted" ? `${what} from a source that nobody has signed` : what;
}

function ourFailure(code: string, message: string): Failure {
  const hint = HINTS[code];
  return failure(shortened(message), { code, ...(hint === undefined ? {} : { hint }) });
}

function shortened(text: string): string {
  return text.length > DETAILS_LENGTH ? `${text.slice(0, DETAILS_LENGTH)}…` : text;
}

/** That packages would go which nobody asked to go. */
export function othersGo(picked: readonly Picked[], others: readonly string[]): Failure {
  const removes = picked.every(({ change }) => change.to === "absent");
  const what = list(picked.map(({ name }) => name));
  const text = `to ${removes ? "remove" : "install"} ${what}, PackageKit would also remove`;
  return failure(`${text} ${list([...new Set(others)])}, which nobody asked for`, {
    code: "dependents",
    needs: [],
    hint: "if those are not wanted either, say so: state: uninstalled",
  });
}

/** That PackageKit reports success, but these are as before. */
export function notDone(names: readonly string[]): PackageFailure {
  const problem = failure(`PackageKit reports success, but ${list(names)} is as before`, {
    code: "not-done",
    hint: "a package that is pinned or on hold is not changed",
  });
  return { ...problem, blamed: names };
}
