/**
 * Who provides what a resource needs. Every question is a look into a map.
 *
 * @module
 */

import { parentOf } from "../../base/parent.ts";
import { namesOfUnit } from "../../base/unit_names.ts";
import { type Gathered, type Tied, valueOf } from "./gather.ts";
import { append } from "./lists.ts";
import { Nearest } from "./nearest.ts";
import { type OwnedPaths, Ownership } from "./ownership.ts";
import { type Reason, REASONS } from "./reasons.ts";
import { LOCAL_UNITS, mayHoldUnits, unitOfPath } from "./units.ts";

/** Is told who comes before whom, and why. */
export type FoundMatch = (giver: Tied, holder: Tied, reason: Reason) => void;

interface MatchedUnitFile {
  readonly tied: Tied;
  readonly dropIn: boolean;
}

/** Finds the resources that others need. */
export class Matcher {
  readonly #gathered: Gathered;
  readonly #found: FoundMatch;
  readonly #owned: OwnedPaths;
  /** As they are declared, by word and value. */
  readonly #givers = new Map<string, Tied[]>();
  /** Those of paths; the top of a tree is an entry, too. */
  readonly #entries = new Map<string, Tied[]>();
  /** The words that are provided at all. */
  readonly #words = new Set<string>();
  readonly #nearestEntry = new Nearest((path) => this.#entries.get(path));
  readonly #nearestTree = new Nearest((path) => this.#givers.get(`tree:${path}`));

  constructor(gathered: Gathered, owned: OwnedPaths, found: FoundMatch) {
    this.#gathered = gathered;
    this.#owned = owned;
    this.#found = found;
    for (const each of gathered.tied) {
      if (each.entry !== undefined) append(this.#entries, each.entry, each);
      for (const tie of each.provides) {
        const word = tie.slice(0, tie.indexOf(":"));
        this.#words.add(word);
        if (word !== "path") append(this.#givers, tie, each);
        if (word !== "path" && word !== "tree") continue;
        const path = valueOf(tie);
        if (path !== each.entry) append(this.#entries, path, each);
      }
    }
  }

  /** Tells of everything that is needed and provided; of a resource itself, too, where it does both. */
  match(): void {
    const ownership = new Ownership(this.#gathered, this.#owned);
    this.#within();
    this.#units(ownership);
    for (const word of ["user", "group", "package"] as const) this.#named(word);
    this.#paths();
    this.#entriesOf();
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
    const { needs, places } = this.#gathered;
    const hits = places.map(({ directory }) => {
      const hit = this.#nearestEntry.from(directory);
      const reason = hit?.path === directory ? REASONS.parent : REASONS.above;
      return { found: hit?.found, reason };
    });
    for (const { holder, value, place } of needs.within) {
      if (value === "/") continue;
      const { found, reason } = hits[place.number]!;
      this.#each(found, holder, reason);
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
      this.#each(this.#entries.get(value), holder, REASONS.entry);
      if (value === "/") continue;
      this.#each(this.#nearestTree.from(parentOf(value))?.found, holder, REASONS.entry);
    }
  }

  #entriesOf(): void {
    const { needs } = this.#gathered;
    if (needs["entries-of"].length === 0) return;
    const inDirectory = Map.groupBy(this.#entries.keys(), parentOf);
    for (const { holder, value } of needs["entries-of"]) {
      for (const path of inDirectory.get(value) ?? []) {
        this.#each(this.#entries.get(path), holder, REASONS.entry);
      }
    }
  }

  #units(ownership: Ownership): void {
    const { needs } = this.#gathered;
    if (needs.unit.length === 0) return;
    const files = unitFilesOf(this.#gathered);
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
function unitFilesOf({ tied, needs, places }: Gathered): Map<string, MatchedUnitFile[]> {
  const files = new Map<string, MatchedUnitFile[]>();
  const add = (path: string, tied: Tied) => {
    const { unit, dropIn } = unitOfPath(path) ?? {};
    if (unit !== undefined) append(files, unit, { tied, dropIn: dropIn ?? false });
  };
  // Of thousands of entries few are in such directories.
  const mayHold = places.map(({ directory }) => mayHoldUnits(directory));
  for (const { holder, value, place } of needs.within) {
    if (value === holder.entry && mayHold[place.number]) add(value, holder);
  }
  for (const each of tied) {
    for (const tie of each.provides) {
      if (!tie.startsWith("path:") && !tie.startsWith("tree:")) continue;
      const path = valueOf(tie);
      if (path !== each.entry) add(path, each);
    }
  }
  return files;
}
