/**
 * What resources say of paths, so that a directory that is purged or copied as a whole leaves to
 * others what they say more precisely.
 *
 * @module
 */

import { parentOf } from "../base/parent.ts";
import type { Resource } from "./resource.ts";

/** What of an entry a resource may decide besides what it is. */
export type AttributeName = "owner" | "group" | "mode";

/** All of them. */
export const ATTRIBUTES: readonly AttributeName[] = ["owner", "group", "mode"];

/** What a resource says of one path. */
export interface Claim {
  readonly path: string;
  /**
   * `all`: what the entry is, or that it is not; nobody else says anything of it or below it.
   * `part`: some of its content; another may bring the rest of it where it is missing.
   * `presence`: that it is there, and the attributes that are named.
   */
  readonly says: "all" | "part" | "presence";
  /** What it is to be, where the claim tells. */
  readonly type?: "file" | "directory" | "link" | "absent";
  readonly attributes?: readonly AttributeName[];
  /** Whether the resource makes the entry (unless told otherwise), only needs it, or does neither. */
  readonly entry?: "made" | "needed" | "indifferent";
  /** What is said of all that is below. */
  readonly below?: Below;
}

/**
 * `all`: it is the resource's own affair. `kept`: nobody else removes anything. Or what a tree says:
 * the entries come from its source, if it has one, and the attributes are its own.
 */
export type Below = "all" | "kept" | {
  readonly source?: string;
  /** Also of what is in directories below, else only of what is directly in it, and no directory. */
  readonly deep: boolean;
  readonly attributes: readonly AttributeName[];
};

/** The claim to what is no path, in words: `user:NAME`, `group:NAME`, what is wished of a unit. */
export type WordClaim = string;

/**
 * A place where something may come that is not known yet: the path itself, what is directly in it, or
 * anything below it.
 */
export interface AttributeExpectation {
  readonly path: string;
  readonly reach: "itself" | "entries" | "below";
}

/** How a path may be one where something comes that is not known yet. */
export type Expected = "itself" | "any" | "below";

/** Nothing is expected. */
export const NOTHING_EXPECTED: readonly AttributeExpectation[] = [];

const NONE: readonly never[] = [];

/** The paths and words of what claims make. */
export function madeBy(claims: readonly (Claim | WordClaim)[]): readonly string[] {
  return claims.filter(isMade).map((claim) => typeof claim === "string" ? claim : claim.path);
}

function isMade(claim: Claim | WordClaim): boolean {
  return typeof claim === "string" || (claim.entry ?? "made") === "made";
}

/** What all resources of a graph claim, and what is still expected. */
export class Claims {
  readonly #byPath = new Map<string, Claim[]>();
  readonly #words = new Set<string>();
  /** Directories somewhere below which something is managed. */
  readonly #ways = new Set<string>();
  readonly #wide: readonly AttributeExpectation[];
  readonly #expected = new Set<string>();
  readonly #expectedWays = new Set<string>();

  constructor(resources: Iterable<Resource>, expected: readonly AttributeExpectation[]) {
    for (const { kind, params } of resources) {
      for (const claim of kind.claims?.(params) ?? NONE) this.#add(claim);
    }
    this.#wide = expected.filter(({ reach }) => reach !== "itself");
    for (const { path, reach } of expected) {
      if (reach === "itself") this.#expected.add(path);
      else this.#expectedWays.add(path);
      addWays(path, this.#expectedWays);
    }
  }

  /** Whether a resource makes this path; with a slash at the end, something below it; or these words. */
  has(subject: string): boolean {
    if (!subject.startsWith("/")) return this.#words.has(subject);
    if (subject.endsWith("/")) return this.#ways.has(subject.slice(0, -1));
    return this.#byPath.get(subject)?.some(isMade) ?? false;
  }

  /** What is said of exactly this path. */
  at(path: string): readonly Claim[] {
    return this.#byPath.get(path) ?? NONE;
  }

  /** Whether something may come there that is not known yet: certain things, any, or only below. */
  expected(path: string): Expected | undefined {
    if (this.#expected.has(path)) return "itself";
    if (this.#wide.some((place) => reaches(place, path))) return "any";
    return this.#expectedWays.has(path) ? "below" : undefined;
  }

  #add(claim: Claim | WordClaim): void {
    if (typeof claim === "string") {
      this.#words.add(claim);
      return;
    }
    const others = this.#byPath.get(claim.path);
    if (others === undefined) this.#byPath.set(claim.path, [claim]);
    else others.push(claim);
    if (claim.type !== "absent" && claim.entry !== "indifferent") addWays(claim.path, this.#ways);
  }
}

/** Adds the directories on the way; those of one that is there are there, too. */
function addWays(path: string, ways: Set<string>): void {
  for (let at = parentOf(path); at !== "/" && !ways.has(at); at = parentOf(at)) ways.add(at);
}

function reaches({ path, reach }: AttributeExpectation, other: string): boolean {
  if (reach === "entries") return parentOf(other) === path && other !== path;
  return path === "/" || other.startsWith(`${path}/`);
}

/** What claims are about. */
export type Matter = "paths" | "words";

/** Of which matters two resources claim different things; undefined: one that is not there. */
export function differentMatters(
  a: Resource | undefined,
  b: Resource | undefined,
): readonly Matter[] {
  const [first, second] = [claimsOf(a), claimsOf(b)];
  const matters: readonly Matter[] = ["paths", "words"];
  return matters.filter((matter) =>
    JSON.stringify(first.filter((claim) => matterOf(claim) === matter)) !==
      JSON.stringify(second.filter((claim) => matterOf(claim) === matter))
  );
}

function claimsOf(resource: Resource | undefined): readonly (Claim | WordClaim)[] {
  return resource?.kind.claims?.(resource.params) ?? NONE;
}

function matterOf(claim: Claim | WordClaim): Matter {
  return typeof claim === "string" ? "words" : "paths";
}

/** Whether the same is expected. */
export function sameExpectations(
  a: readonly AttributeExpectation[],
  b: readonly AttributeExpectation[],
): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
