/**
 * What apt's sources offer.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { ask, type PackageHost } from "../tools.ts";

/** A version and where it comes from, as apt writes it: `http://… bookworm/main amd64 Packages`. */
export interface OfferedVersion {
  readonly version: string;
  readonly sources: readonly string[];
}

/** What is offered of one package, the newest version first. */
export interface PolicyOffer {
  /** The version that apt would install. */
  readonly candidate?: string;
  readonly versions: readonly OfferedVersion[];
}

/** Who stands behind a source. */
export interface Release {
  readonly origin: string;
  readonly component: string;
}

/** Asks apt what is offered, by name; names that it does not know are simply missing. */
export async function aptOffers(
  host: PackageHost,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Result<ReadonlyMap<string, PolicyOffer>>> {
  const answer = await policy(host, names, signal);
  return answer.ok ? ok(parseOffers(answer.value)) : answer;
}

/** Asks apt about its sources, by the words that {@linkcode OfferedVersion} has for them. */
export async function aptReleases(
  host: PackageHost,
  signal?: AbortSignal,
): Promise<Result<ReadonlyMap<string, Release>>> {
  const answer = await policy(host, [], signal);
  return answer.ok ? ok(parseReleases(answer.value)) : answer;
}

async function policy(
  host: PackageHost,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Result<readonly string[]>> {
  const answer = await ask(host, ["apt-cache", "policy", ...names], signal);
  if (!answer.ok) return answer;
  const { code, lines, complaints } = answer.value;
  if (code === 0) return ok(lines);
  const why = complaints.filter((line) => line.startsWith("E: ")).join(" / ").slice(0, 300);
  return fail(`apt cannot read its lists: ${why}`, {
    code: "package-lists",
    hint: "apt-get update shows what is wrong with the sources",
  });
}

/** Reads what `apt-cache policy NAME…` prints. */
export function parseOffers(lines: readonly string[]): ReadonlyMap<string, PolicyOffer> {
  const offers = new Map<string, PolicyOffer>();
  let name = "";
  let versions: { version: string; sources: string[] }[] = [];
  for (const line of lines) {
    const heading = /^([^\s].*):$/.exec(line)?.[1];
    const version = /^ (?:\*{3}| {3}) (\S+)/.exec(line)?.[1];
    const candidate = /^ {2}Candidate: ([^(]\S*)$/.exec(line)?.[1];
    if (heading !== undefined) {
      name = heading;
      versions = [];
      offers.set(name, { versions });
    } else if (candidate !== undefined) offers.set(name, { candidate, versions });
    else if (version !== undefined) versions.push({ version, sources: [] });
    else {
      const source = /^ {6,}-?\d+ (.+)$/.exec(line)?.[1];
      if (source !== undefined) versions.at(-1)?.sources.push(source);
    }
  }
  return offers;
}

/** Reads what `apt-cache policy` prints without names. */
export function parseReleases(lines: readonly string[]): ReadonlyMap<string, Release> {
  const releases = new Map<string, Release>();
  let source: string | undefined;
  for (const line of lines) {
    const release = /^ +release (.*)$/.exec(line)?.[1];
    if (release !== undefined && source !== undefined) {
      const word = (key: string) => new RegExp(`(?:^|,)${key}=([^,]*)`).exec(release)?.[1] ?? "";
      releases.set(source, { origin: word("o"), component: word("c") });
    }
    source = /^ *-?\d+ (.+)$/.exec(line)?.[1] ?? (release === undefined ? undefined : source);
  }
  return releases;
}

/** The component of a source: `main` of `http://… bookworm/main amd64 Packages`; empty: it has none. */
export function componentOf(source: string): string {
  return /^\S+ \S*\/([^/\s]+) \S+ Packages$/.exec(source)?.[1] ?? "";
}
