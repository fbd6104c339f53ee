/**
 * Who provides what a resource needs. Every question is a look into a map.
 *
 * @module
 */

import { parentOf } from "../../base/parent.ts";
import type { Needed } from "../../kind/ties.ts";
import { type Tied, valueOf } from "./gather.ts";
import { append } from "./lists.ts";
import { Nearest } from "./nearest.ts";
import { type OwnedPaths, Ownership } from "./ownership.ts";
import { type Reason, REASONS } from "./reasons.ts";
import { localPathOf, namesOfUnit, unitOfPath } from "./units.ts";

/** Is told who comes before, and why. */
export type Found = (giver: Tied, reason: Reason) => void;

interface UnitFile {
  readonly tied: Tied;
  readonly dropIn: boolean;
}

/** Finds the resources that others need. */
export class Matcher {
  readonly #tied: readonly Tied[];
  /** As they are declared, by word and value; the top of a tree is an entry, too. */
  readonly #givers = new Map<string, Tied[]>();
  /** The words that are provided at all. */
  readonly #words = new Set<string>();
  readonly #ownership: Ownership;
  readonly #nearestEntry = new Nearest((path) => this.#givers.get(`path:${path}`));
  readonly #nearestTree = new Nearest((path) => this.#givers.get(`tree:${path}`));
  #unitFiles: ReadonlyMap<string, readonly UnitFile[]> | undefined;

  constructor(tied: readonly Tied[], owned: OwnedPaths) {
    this.#tied = tied;
    for (const each of tied) {
      for (const tie of each.provides) {
        append(this.#givers, tie, each);
        if (tie.startsWith("path:")) continue;
        this.#words.add(tie.slice(0, tie.indexOf(":")));
        if (tie.startsWith("tree:")) append(this.#givers, `path:${valueOf(tie)}`, each);
      }
    }
    this.#ownership = new Ownership(tied, owned);
  }

  /** Tells of everything that a resource needs; of itself, too, where it provides that. */
  match({ needs }: Tied, found: Found): void {
    for (const need of needs) this.#matchOne(need, found);
  }

  #matchOne(need: Needed, found: Found): void {
    // The two that every file has come first; words are not cut off, as that costs more than looking.
    if (need.startsWith("within:")) return this.#within(valueOf(need), found);
    if (need.startsWith("package-of:")) return this.#packageOf(need, found);
    if (need.startsWith("user:")) return this.#named("user", need, found);
    if (need.startsWith("group:")) return this.#named("group", need, found);
    if (need.startsWith("path:")) return this.#path(valueOf(need), found);
    if (need.startsWith("unit:")) return this.#unit(valueOf(need), found);
    this.#named("package", need, found);
  }

  #named(word: "user" | "group" | "package", need: Needed, found: Found): void {
    if (this.#words.has(word)) each(this.#givers.get(need), REASONS[word], found);
  }

  #within(path: string, found: Found): void {
    const hit = this.#nearestEntry.above(path);
    if (hit === undefined) return;
    const isParent = hit.path === parentOf(path);
    each(hit.found, isParent ? REASONS.parent : REASONS.above, found);
  }

  #packageOf(need: Needed, found: Found): void {
    if (!this.#words.has("package")) return;
    this.#ownership.ofPath(valueOf(need), (giver) => found(giver, REASONS.owner));
  }

  #path(path: string, found: Found): void {
    each(this.#givers.get(`path:${path}`), REASONS.entry, found);
    each(this.#nearestTree.above(path)?.found, REASONS.entry, found);
  }

  #unit(unit: string, found: Found): void {
    each(this.#givers.get(`unit:${unit}`), REASONS.unit, found);
    this.#unitFiles ??= unitFilesOf(this.#tied);
    for (const name of namesOfUnit(unit)) {
      for (const { tied, dropIn } of this.#unitFiles.get(name) ?? []) {
        found(tied, dropIn ? REASONS.dropIn : REASONS.unitFile);
      }
    }
    each(this.#nearestTree.above(localPathOf(unit))?.found, REASONS.unitFile, found);
    this.#ownership.ofUnit(unit, (giver) => found(giver, REASONS.unitOwner));
  }
}

function each(givers: readonly Tied[] | undefined, reason: Reason, found: Found): void {
  if (givers === undefined) return;
  for (const giver of givers) found(giver, reason);
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
