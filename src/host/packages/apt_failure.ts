/**
 * Why apt did not do what was wanted.
 *
 * @module
 */

import { failure } from "../../base/result.ts";
import type { Exit } from "../processes.ts";
import type { AptOutput } from "./apt_output.ts";
import { blaming, type Goal, listOf, nameOf, undone, wordsOf } from "./goals.ts";
import type { PackageFailure } from "./packages.ts";
import { stopped } from "./turn.ts";

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
  if (output.has(NOT_ALLOWED)) {
    return failure(`packages cannot be changed by this user${because}`, {
      code: "not-allowed",
      hint: "only root changes packages",
    });
  }
  if (output.has(NO_SPACE)) {
    return failure(`the disk is full, so apt could not ${wordsOf(missed)}${because}`, {
      code: "no-space",
      hint: "make room; apt-get clean removes the files of packages that were fetched",
    });
  }
  if (output.has(UNTRUSTED)) return untrusted(missed, output.untrusted());
  if (output.has(NO_NETWORK)) {
    return failure(`packages cannot be fetched${because}`, { code: "no-network" });
  }
  if (output.has(NO_DOWNLOAD)) {
    return failure(`packages cannot be fetched${because}`, {
      code: "download",
      hint: "the lists of what the sources offer may be too old; apt-get update fetches them",
    });
  }
  return faulty(missed, output, because, exit);
}

function faulty(
  missed: readonly Goal[],
  output: AptOutput,
  because: string,
  exit: Exit | undefined,
): PackageFailure {
  const guilty = [...output.faults().keys(), ...output.all(NOT_INSTALLABLE)];
  const blamed = missed.filter((goal) => guilty.includes(nameOf(goal)));
  const what = wordsOf(blamed.length > 0 ? blamed : missed);
  if (exit?.code === 0 && blamed.length === 0) return undone("apt", missed);
  const problem = failure(`apt could not ${what}${because}`, { code: "failed" });
  return blaming(problem, blamed.map(nameOf));
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
