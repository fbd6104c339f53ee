/**
 * Why apt did not do what was wanted.
 *
 * @module
 */

import { failure } from "../../base/result.ts";
import type { Exit } from "../../os/process/processes.ts";
import type { AptOutput } from "./output.ts";
import { blaming, type Goal, listOf, nameOf, undone, wordsOf } from "../goals.ts";
import type { PackageFailure } from "../packages.ts";
import { notAllowed, stopped } from "../package_lock.ts";

const INTERRUPTED = /^W: Operation was interrupted before it could finish/;
const NOT_ALLOWED = /Could not open lock file .*Permission denied|are you root\?/;
const NO_SPACE = /No space left on device|have enough free space in|Disk quota exceeded/;
const NO_NETWORK =
  /^E: .*(Temporary failure resolving|Could not resolve|Could not connect|Network is unreachable|No route to host|timed out)/;
const NO_DOWNLOAD = /^E: (Failed to fetch|Unable to fetch some archives)/;
const UNTRUSTED = /^E: There were unauthenticated packages/;
const NOT_INSTALLABLE = /^ (\S+) : \S+: .* but it is not installable$/;

/** What it is that hindered apt, and whom that is to blame on. */
export function failureOf(
  missed: readonly Goal[],
  output: AptOutput,
  exit?: Exit,
): PackageFailure {
  if (exit?.ended === "stopped" && output.has(INTERRUPTED)) return stopped();
  const why = output.reason();
  const because = why === "" ? "" : `: ${why}`;
  if (exit?.signal !== undefined) {
    return failure(`apt was ended by ${exit.signal}`, { code: "interrupted" });
  }
  if (output.has(NOT_ALLOWED)) return notAllowed(because);
  if (output.has(NO_SPACE)) {
    return failure(`the disk is full, so apt could not ${wordsOf(missed)}${because}`, {
      code: "no-space",
      hint: "make room; apt-get clean removes the files of packages that were fetched",
    });
  }
  if (output.has(UNTRUSTED)) return untrusted(missed, output.untrusted());
  if (output.has(NO_NETWORK) || output.has(NO_DOWNLOAD)) return unfetched(missed, output, because);
  return faulty(missed, output, because, exit);
}

/** Where not all could be fetched, those are to blame whose files are missing. */
function unfetched(
  missed: readonly Goal[],
  output: AptOutput,
  because: string,
): PackageFailure {
  const names = new Set(output.unfetched());
  const blamed = missed.filter((goal) => names.has(plainNameOf(goal)));
  const isAll = blamed.length === missed.length;
  const what = isAll || blamed.length === 0 ? "packages" : listOf(blamed.map(nameOf));
  const text = `${what} cannot be fetched${because}`;
  const problem = output.has(NO_NETWORK) ? failure(text, { code: "no-network" }) : failure(text, {
    code: "download",
    hint: "the lists of what the sources offer may be too old; apt-get update fetches them",
  });
  return isAll ? problem : blaming(problem, blamed.map(nameOf));
}

function faulty(
  missed: readonly Goal[],
  output: AptOutput,
  because: string,
  exit: Exit | undefined,
): PackageFailure {
  const faults = output.faults();
  const guilty = [...faults.keys(), ...output.all(NOT_INSTALLABLE)];
  const blamed = missed.filter((goal) => guilty.includes(plainNameOf(goal)));
  const what = wordsOf(blamed.length > 0 ? blamed : missed);
  if (exit?.code === 0 && blamed.length === 0) return undone("apt", missed);
  const problem = failure(`apt could not ${what}${because}`, { code: "failed" });
  const own = new Map(
    blamed.map((goal) => {
      const why = faults.get(plainNameOf(goal));
      const said = why === undefined ? because : `: ${why}`;
      return [nameOf(goal), failure(`apt could not ${wordsOf([goal])}${said}`, { code: "failed" })];
    }),
  );
  const all = blaming(problem, blamed.map(nameOf));
  return blamed.length > 1 ? { ...all, own } : all;
}

/** As dpkg says it in most of its messages. */
function plainNameOf(goal: Goal): string {
  return nameOf(goal).replace(/:[a-z0-9-]+$/, "");
}

function untrusted(missed: readonly Goal[], names: readonly string[]): PackageFailure {
  const blamed = missed.filter((goal) => names.includes(nameOf(goal)));
  const shown = listOf(names.length > 0 ? names : missed.map(nameOf));
  const problem = failure(`nobody whom this host trusts has signed the source of ${shown}`, {
    code: "untrusted",
    hint: "set allowuntrusted: true if it should be installed nevertheless",
  });
  return blaming(problem, blamed.map(nameOf));
}
