/**
 * What dpkg has on this host.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { ask, type PackageHost } from "../tools.ts";

/** One package of one architecture that dpkg knows. */
export interface DpkgEntry {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  /** `installed`, `config-files`, `half-installed`, `unpacked`, `half-configured`, `triggers-…` */
  readonly status: string;
  /** What the administrator wants: `install`, `hold`, `deinstall`, `purge`, `unknown`. */
  readonly want: string;
}

/** What dpkg has of some packages. */
export interface DpkgState {
  /** The architecture that a name without one means. */
  readonly architecture: string;
  readonly entries: readonly DpkgEntry[];
}

const FORMAT = "${Package} ${Architecture} ${db:Status-Status} ${db:Status-Want} ${Version}\\n";
/** States in which a package does its work, at most some triggers of others are still to run. */
const WHOLE = ["installed", "triggers-awaited", "triggers-pending"];
/** States in which nothing of a package is there but its configuration. */
const GONE = ["not-installed", "config-files"];

/** Asks dpkg about packages; names that it does not know are simply missing. */
export async function dpkgState(
  host: PackageHost,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Result<DpkgState>> {
  // Every host that has dpkg has it as a package, of the architecture of the host.
  const argv = ["dpkg-query", "--show", `--showformat=${FORMAT}`, "--", "dpkg", ...names] as const;
  const answer = await ask(host, argv, signal);
  if (!answer.ok) return answer;
  const { code, lines, complaints } = answer.value;
  // 1: some are not known.
  if (code > 1) {
    return fail(`dpkg's database cannot be read: ${complaints.join(" / ").slice(0, 300)}`, {
      code: "package-database",
    });
  }
  return ok(parseDpkg(lines));
}

/** Reads what dpkg-query prints in the format of this file. */
function parseDpkg(lines: readonly string[]): DpkgState {
  const entries = lines.flatMap((line) => {
    const [name, architecture, status, want, version] = line.split(" ");
    if (name === undefined || architecture === undefined || status === undefined) return [];
    return [{ name, architecture, status, want: want ?? "", version: version ?? "" }];
  });
  const own = entries.find(({ name }) => name === "dpkg");
  return { architecture: own?.architecture ?? "", entries };
}

/** The entry that a name means: `bash` that of the host's architecture, `libc6:i386` that one. */
export function entryOf(state: DpkgState, name: string): DpkgEntry | undefined {
  const [bare, wanted = state.architecture] = name.split(":");
  return state.entries.find((entry) =>
    entry.name === bare && (entry.architecture === wanted || entry.architecture === "all")
  );
}

/** The version that is installed and works. */
export function wholeVersion(entry: DpkgEntry | undefined): string | undefined {
  return entry !== undefined && WHOLE.includes(entry.status) ? entry.version : undefined;
}

/** What is wrong with it: it is neither whole nor gone. */
export function brokenState(entry: DpkgEntry | undefined): string | undefined {
  return isGone(entry) || wholeVersion(entry) !== undefined ? undefined : entry?.status;
}

/** Whether nothing of it is left but its configuration. */
export function isGone(entry: DpkgEntry | undefined): boolean {
  return entry === undefined || GONE.includes(entry.status);
}
