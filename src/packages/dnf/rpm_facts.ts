/**
 * What rpm has on this host, and what dnf's sources offer as far as it was fetched before.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { ask, type PackageHost } from "../tools.ts";

/** A package, installed or offered. */
export interface Rpm {
  readonly name: string;
  readonly architecture: string;
  /** `VERSION-RELEASE`, with `EPOCH:` before it where there is one. */
  readonly version: string;
  /** The source that offers it; of an installed one: when it was installed, in seconds. */
  readonly from: string;
}

/** What is known of one package. */
export interface RpmFact {
  readonly installed?: Rpm;
  /** The newest that is offered; where nothing newer than the installed one is, that one. */
  readonly latest?: Rpm;
}

/** A name as rpm writes it, maybe with an architecture. All others would be patterns to the tools. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}$/;
/** rpm has the same words for architectures as the runtime, on those that the program runs on. */
const OWN: readonly string[] = [Deno.build.arch, "noarch"];

const INSTALLED = "%{NAME} %{ARCH} %{INSTALLTIME} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\\n";
const OFFERED = "%{name} %{arch} %{repoid} %{evr}\\n";
/** Looks, without asking the sources. */
const QUERY = ["dnf", "--cacheonly", "--quiet", "repoquery", `--queryformat=${OFFERED}`] as const;

/** Asks rpm and dnf about packages, all at once. */
export async function rpmFacts(
  host: PackageHost,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Result<ReadonlyMap<string, RpmFact>>> {
  const facts = new Map<string, RpmFact>();
  const wanted = names.filter((name) => NAME.test(name));
  for (let start = 0; start < wanted.length; start += LIMITS.packageNames) {
    const some = wanted.slice(start, start + LIMITS.packageNames);
    const [installed, offered] = await Promise.all([
      installedRpms(host, some, signal),
      offeredRpms(host, ["--latest-limit=1", ...some], signal),
    ]);
    if (!installed.ok) return installed;
    if (!offered.ok) return offered;
    const pairs = some.map((name) => ({
      name,
      installed: rpmOf(installed.value, name),
      latest: rpmOf(offered.value, name),
    }));
    const upgraded = await upgrades(host, pairs, signal);
    if (!upgraded.ok) return upgraded;
    for (const { name, installed, latest } of pairs) {
      const best = installed === undefined ? latest : rpmOf(upgraded.value, name) ?? installed;
      facts.set(name, {
        ...(installed === undefined ? {} : { installed }),
        ...(latest === undefined || best === undefined ? {} : { latest: best }),
      });
    }
  }
  return ok(facts);
}

/** All versions of packages that are offered. */
export function allVersions(
  host: PackageHost,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Result<readonly Rpm[]>> {
  return offeredRpms(host, names.filter((name) => NAME.test(name)), signal);
}

/** What is installed of some packages. */
export async function installedRpms(
  host: PackageHost,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Result<readonly Rpm[]>> {
  if (names.length === 0) return ok([]);
  const argv = ["rpm", "--query", `--queryformat=${INSTALLED}`, "--", ...names] as const;
  const answer = await ask(host, argv, signal);
  if (!answer.ok) return answer;
  // The exit code counts the packages that are not installed.
  const errors = answer.value.complaints.filter((line) => line.startsWith("error:"));
  if (errors.length === 0) return ok(parseRpms(answer.value.lines));
  return fail(`rpm's database cannot be read: ${errors.join(" / ").slice(0, 300)}`, {
    code: "package-database",
  });
}

/** Reads lines of a name, an architecture, where it is from, and a version; skips all others. */
export function parseRpms(lines: readonly string[]): readonly Rpm[] {
  return lines.flatMap((line) => {
    const [, name, architecture, from, version] = /^(\S+) (\S+) (\S+) (\S+)$/.exec(line) ?? [];
    if (name === undefined || architecture === undefined) return [];
    if (from === undefined || version === undefined) return [];
    return [{ name, architecture, from, version: version.replace(/^0:/, "") }];
  });
}

/** The one that a name means: of the host's architecture, unless it names another. */
export function rpmOf(rpms: readonly Rpm[], name: string): Rpm | undefined {
  const named = rpms.filter((rpm) => rpm.name === name);
  const own = named.filter(({ architecture }) => OWN.includes(architecture));
  const exact = rpms.filter((rpm) => `${rpm.name}.${rpm.architecture}` === name);
  const found = [own, exact, named].find((each) => each.length > 0) ?? [];
  // Of a kernel there are several; the last one installed counts.
  return found.toSorted((one, other) => Number(other.from) - Number(one.from) || 0)[0];
}

async function upgrades(
  host: PackageHost,
  pairs: readonly { name: string; installed: Rpm | undefined; latest: Rpm | undefined }[],
  signal?: AbortSignal,
): Promise<Result<readonly Rpm[]>> {
  const differing = pairs.filter(({ installed, latest }) =>
    installed !== undefined && latest !== undefined && installed.version !== latest.version
  );
  // Which of two versions is the newer one is for rpm to say.
  if (differing.length === 0) return ok([]);
  const names = differing.map(({ name }) => name);
  return await offeredRpms(host, ["--upgrades", "--latest-limit=1", ...names], signal);
}

async function offeredRpms(
  host: PackageHost,
  wanted: readonly string[],
  signal?: AbortSignal,
): Promise<Result<readonly Rpm[]>> {
  if (wanted.length === 0) return ok([]);
  const answer = await ask(host, [...QUERY, ...wanted], signal);
  if (!answer.ok) return answer;
  const { code, lines, complaints } = answer.value;
  // Where nothing was fetched yet, nothing is offered yet.
  if (code === 0 || complaints.some((line) => /[Cc]ache-only enabled but no cache/.test(line))) {
    return ok(parseRpms(lines));
  }
  const why = complaints.filter((line) => line.trim() !== "").slice(-3).join(" / ").slice(0, 300);
  return fail(`dnf cannot read its lists: ${why}`, { code: "package-lists" });
}
