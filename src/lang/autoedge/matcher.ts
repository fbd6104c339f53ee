/**
 * Who provides what a resource needs. Every question is a look into a map.
 *
 * @module
 */

import { parentOf } from "../../base/parent.ts";
import type { Needed } from "../../kind/ties.ts";
import { type Tied, valueOf } from "./gather.ts";
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
  /** By word and value, as they are declared; a tree is an entry, too. */
  readonly #givers = new Map<string, Tied[]>();
  readonly #ownership: Ownership;
  readonly #nearestEntry = new Nearest((path) => this.#givers.get(`path:${path}`));
  readonly #nearestTree = new Nearest((path) => this.#givers.get(`tree:${path}`));
  #unitFiles: ReadonlyMap<string, readonly UnitFile[]> | undefined;

  constructor(tied: readonly Tied[], owned: OwnedPaths) {
    this.#tied = tied;
    for (const each of tied) {
      for (const tie of each.provides) {
        append(this.#givers, tie, each);
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
    const word = need.slice(0, need.indexOf(":"));
    const value = valueOf(need);
    switch (word) {
      case "within":
        return this.#within(parentOf(value), found);
      case "package-of":
        return this.#ownership.ofPath(value, (giver) => found(giver, REASONS.owner));
      case "path":
        return this.#path(value, REASONS.entry, found);
      case "unit":
        return this.#unit(value, found);
      case "package":
      case "user":
      case "group":
        return this.#givers.get(need)?.forEach((giver) => found(giver, REASONS[word]));
    }
  }

  #within(parent: string, found: Found): void {
    const hit = this.#nearestEntry.from(parent);
    const reason = hit?.path === parent ? REASONS.parent : REASONS.above;
    hit?.found.forEach((giver) => found(giver, reason));
  }

  #path(path: string, reason: Reason, found: Found): void {
    this.#givers.get(`path:${path}`)?.forEach((giver) => found(giver, reason));
    if (path === "/") return;
    this.#nearestTree.from(parentOf(path))?.found.forEach((giver) => found(giver, reason));
  }

  #unit(unit: string, found: Found): void {
    this.#givers.get(`unit:${unit}`)?.forEach((giver) => found(giver, REASONS.unit));
    this.#unitFiles ??= unitFilesOf(this.#tied);
    for (const name of namesOfUnit(unit)) {
      for (const { tied, dropIn } of this.#unitFiles.get(name) ?? []) {
        found(tied, dropIn ? REASONS.dropIn : REASONS.unitFile);
      }
    }
    const holder = this.#nearestTree.from(parentOf(localPathOf(unit)));
    holder?.found.forEach((giver) => found(giver, REASONS.unitFile));
    this.#ownership.ofUnit(unit, (giver) => found(giver, REASONS.unitOwner));
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

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
