/**
 * Why dnf did not do what was wanted.
 *
 * @module
 */

import { failure } from "../../base/result.ts";
import type { Exit } from "../../os/process/processes.ts";
import type { DnfOutput } from "./output.ts";
import { blaming, type Goal, listOf, nameOf, undone, wordsOf } from "../goals.ts";
import type { PackageFailure } from "../packages.ts";
import { notAllowed, stopped } from "../package_lock.ts";

const NOT_ALLOWED = /superuser privileges|Permission denied/;
const NO_SPACE = /more space (is )?needed|needs .* more space on|No space left|Disk quota exceeded/;
const UNTRUSTED =
  /is not signed|GPG check FAILED|PGP check for package|You have enabled checking of/;
const NO_NETWORK =
  /Could not resolve host|Network is unreachable|Couldn't connect to server|Connection timed out/;
const NO_DOWNLOAD =
  /Failed to download|incorrect checksum|No more mirrors to try|Cannot download|Error downloading/;

/** What it is that hindered dnf, and whom that is to blame on. */
export function failureOf(missed: readonly Goal[], output: DnfOutput, exit?: Exit): PackageFailure {
  if (exit?.ended === "stopped") return stopped();
  if (exit?.signal !== undefined) {
    return failure(`dnf was ended by ${exit.signal}`, { code: "interrupted" });
  }
  const why = output.reason();
  const because = why === "" ? "" : `: ${why}`;
  if (output.has(NOT_ALLOWED)) return notAllowed(because);
  if (output.has(NO_SPACE)) {
    return failure(`the disk is full, so dnf could not ${wordsOf(missed)}${because}`, {
      code: "no-space",
      hint: "make room; dnf clean packages removes the files of packages that were fetched",
    });
  }
  if (output.has(UNTRUSTED)) {
    const names = listOf(missed.map(nameOf));
    return failure(`nobody whom this host trusts has signed ${names}, or what that needs`, {
      code: "untrusted",
      hint: "set allowuntrusted: true if it should be installed nevertheless",
    });
  }
  if (output.has(NO_NETWORK)) {
    return failure(`packages cannot be fetched${because}`, { code: "no-network" });
  }
  if (output.has(NO_DOWNLOAD)) {
    return failure(`packages cannot be fetched${because}`, {
      code: "download",
      hint: "the lists of what the sources offer may be too old; dnf makecache fetches them",
    });
  }
  const guilty = [...output.faults().keys(), ...output.orphans()];
  const blamed = missed.filter((goal) => guilty.includes(nameOf(goal)));
  const what = wordsOf(blamed.length > 0 ? blamed : missed);
  if (exit?.code === 0 && blamed.length === 0) return undone("dnf", missed);
  return blaming(
    failure(`dnf could not ${what}${because}`, { code: "failed" }),
    blamed.map(nameOf),
  );
}
