/**
 * Who provides what a resource needs. Every question is a look into a map.
 *
 * @module
 */

import { parentOf } from "../../base/parent.ts";
import { type Gathered, type Tied, valueOf } from "./gather.ts";
import { append } from "./lists.ts";
import { Nearest } from "./nearest.ts";
import { type OwnedPaths, Ownership } from "./ownership.ts";
import { type Reason, REASONS } from "./reasons.ts";
import { LOCAL_UNITS, namesOfUnit, unitOfPath } from "./units.ts";

/** Is told who comes before whom, and why. */
export type Found = (giver: Tied, holder: Tied, reason: Reason) => void;

interface UnitFile {
  readonly tied: Tied;
  readonly dropIn: boolean;
}

/** Finds the resources that others need. */
export class Matcher {
  readonly #gathered: Gathered;
  readonly #found: Found;
  readonly #owned: OwnedPaths;
  /** As they are declared, by word and value; the top of a tree is an entry, too. */
  readonly #givers = new Map<string, Tied[]>();
  /** The words that are provided at all. */
  readonly #words = new Set<string>();
  readonly #nearestEntry = new Nearest((path) => this.#givers.get(`path:${path}`));
  readonly #nearestTree = new Nearest((path) => this.#givers.get(`tree:${path}`));

  constructor(gathered: Gathered, owned: OwnedPaths, found: Found) {
    this.#gathered = gathered;
    this.#owned = owned;
    this.#found = found;
    for (const each of gathered.tied) {
      for (const tie of each.provides) {
        append(this.#givers, tie, each);
        if (tie.startsWith("path:")) continue;
        this.#words.add(tie.slice(0, tie.indexOf(":")));
        if (tie.startsWith("tree:")) append(this.#givers, `path:${valueOf(tie)}`, each);
      }
    }
  }

  /** Tells of everything that is needed and provided; of a resource itself, too, where it does both. */
  match(): void {
    const ownership = new Ownership(this.#gathered.tied, this.#owned);
    this.#within();
    this.#units(ownership);
    for (const word of ["user", "group", "package"] as const) this.#named(word);
    this.#paths();
    if (!this.#words.has("package")) return;
    for (const need of this.#gathered.needs["package-of"]) {
      this.#each(ownership.ofPath(need), need.holder, REASONS.owner);
    }
  }

  #each(givers: readonly Tied[] | undefined, holder: Tied, reason: Reason): void {
    if (givers === undefined) return;
    for (const giver of givers) this.#found(giver, holder, reason);
  }

  #within(): void {
    for (const { holder, value, directory } of this.#gathered.needs.within) {
      const hit = value === "/" ? undefined : this.#nearestEntry.from(directory);
      this.#each(hit?.found, holder, hit?.path === directory ? REASONS.parent : REASONS.above);
    }
  }

  #named(word: "user" | "group" | "package"): void {
    if (!this.#words.has(word)) return;
    for (const { holder, value } of this.#gathered.needs[word]) {
      this.#each(this.#givers.get(value), holder, REASONS[word]);
    }
  }

  #paths(): void {
    for (const { holder, value } of this.#gathered.needs.path) {
      this.#each(this.#givers.get(`path:${value}`), holder, REASONS.entry);
      if (value === "/") continue;
      this.#each(this.#nearestTree.from(parentOf(value))?.found, holder, REASONS.entry);
    }
  }

  #units(ownership: Ownership): void {
    const { tied, needs } = this.#gathered;
    if (needs.unit.length === 0) return;
    const files = unitFilesOf(tied);
    for (const { holder, value } of needs.unit) {
      this.#each(this.#givers.get(`unit:${value}`), holder, REASONS.unit);
      for (const name of namesOfUnit(value)) {
        for (const { tied, dropIn } of files.get(name) ?? []) {
          this.#found(tied, holder, dropIn ? REASONS.dropIn : REASONS.unitFile);
        }
      }
      this.#each(this.#nearestTree.from(LOCAL_UNITS)?.found, holder, REASONS.unitFile);
      this.#each(ownership.ofUnit(value), holder, REASONS.unitOwner);
    }
  }
}

/** Entries in the directories of units, by the unit. */
function unitFilesOf(tied: readonly Tied[]): Map<string, UnitFile[]> {
  const files = new Map<string, UnitFile[]>();
  for (const each of tied) {
    for (const tie of each.provides) {
      if (!tie.startsWith("path:") && !tie.startsWith("tree:")) continue;
      const { unit, dropIn } = unitOfPath(valueOf(tie)) ?? {};
      if (unit !== undefined) append(files, unit, { tied: each, dropIn: dropIn ?? false });
    }
  }
  return files;
}
