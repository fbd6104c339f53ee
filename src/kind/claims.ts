/**
 * What all resources of a graph say of paths, together.
 *
 * @module
 */

import { parentOf } from "../base/parent.ts";
import type { AttributeExpectation, Claim, Expected, WordClaim } from "./claim.ts";
import type { Resource } from "./resource.ts";

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
  /** Paths and words of what will be there, and who makes it: not what `meta.noop` leaves as it is, nor what a command may make. */
  readonly #made = new Map<string, string | string[]>();
  /** Directories somewhere below which something is managed. */
  readonly #ways = new Set<string>();
  readonly #wide: readonly AttributeExpectation[];
  /** What nobody has answered yet. */
  readonly #unanswered: readonly AttributeExpectation[];
  readonly #expected = new Set<string>();
  readonly #expectedWays = new Set<string>();

  constructor(resources: Iterable<Resource>, expected: readonly AttributeExpectation[]) {
    for (const { key, kind, params, meta } of resources) {
      const claims = kind.claims?.(params) ?? NONE;
      for (const claim of claims) this.#add(typeof claim === "string" ? said(claim) : claim);
      if (meta.noop || kind.preview === "none") continue;
      for (const made of madeBy(claims)) {
        const others = this.#made.get(made);
        if (others === undefined) this.#made.set(made, key);
        else this.#made.set(made, [others, key].flat());
      }
    }
    this.#unanswered = expected.filter(({ leftOut }) => leftOut !== true);
    this.#wide = expected.filter(({ reach }) => reach !== "itself");
    for (const { path, reach } of expected) {
      if (reach === "itself") this.#expected.add(path);
      else this.#expectedWays.add(path);
      addWays(path, this.#expectedWays);
    }
  }

  /** Whether a resource makes this path; with a slash at the end, something below it; or these words. */
  has(subject: string): boolean {
    const isBelow = subject.startsWith("/") && subject.endsWith("/");
    return isBelow ? this.#ways.has(subject.slice(0, -1)) : this.#made.has(subject);
  }

  /** Keys of the resources that make this path, or these words. */
  makersOf(subject: string): readonly string[] {
    return [this.#made.get(subject) ?? NONE].flat();
  }

  /** What is said of exactly this path, or in these words, also by what `meta.noop` leaves as it is. */
  at(path: string): readonly Claim[] {
    return this.#byPath.get(path) ?? NONE;
  }

  /** Whether something may come there that is not known yet: certain things, any, or only below. */
  expected(path: string): Expected | undefined {
    if (this.#expected.has(path)) return "itself";
    if (this.#wide.some((place) => reaches(place, path))) return "any";
    return this.#expectedWays.has(path) ? "below" : undefined;
  }

  /** Of a path where something may come: whether all are heard, and it is what of theirs is left out. */
  isLeftOut(path: string): boolean {
    return !this.#unanswered.some((place) =>
      place.path === path || place.path.startsWith(`${path}/`) || reaches(place, path)
    );
  }

  #add(claim: Claim): void {
    const others = this.#byPath.get(claim.path);
    if (others === undefined) this.#byPath.set(claim.path, [claim]);
    else others.push(claim);
    if (claim.type !== "absent" && claim.entry !== "indifferent") addWays(claim.path, this.#ways);
  }
}

/** Words that are said: no way leads to them. */
function said(path: WordClaim): Claim {
  return { path, says: "all", entry: "indifferent" };
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
  const isNoopOther = a?.meta.noop !== b?.meta.noop;
  return matters.filter((matter) => {
    const [had, has] = [first, second].map((claims) =>
      claims.filter((claim) => matterOf(claim) === matter)
    );
    return JSON.stringify(had) !== JSON.stringify(has) || (isNoopOther && (has?.length ?? 0) > 0);
  });
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
