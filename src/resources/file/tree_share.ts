/**
 * What of a tree is the tree's to say: what other resources say of paths in it more precisely is
 * theirs.
 *
 * @module
 */

import type { AttributeName, Below, Claim } from "../../kind/claim.ts";
import type { KindContext } from "../../kind/kind.ts";
import { parentOf } from "../shared/files/path.ts";

/** What the tree says of one entry. */
export interface TreeShare {
  /** Where others say a part of the content, the source only brings the file. */
  readonly content: "all" | "where missing";
  /** Nobody else accounts for it. */
  readonly purge: boolean;
  /** Some other resource is about this very entry. */
  readonly claimed: boolean;
  /** Attributes that others decide. */
  readonly others: ReadonlySet<AttributeName>;
}

/** What the tree says of the entries of one of its directories. */
interface TreePath {
  readonly entries: "all" | "directories" | "none";
  readonly purge: boolean;
  readonly others: ReadonlySet<AttributeName>;
}

const NO_OTHERS: ReadonlySet<AttributeName> = new Set();
const ALL: TreePath = { entries: "all", purge: true, others: NO_OTHERS };
const NOTHING: TreePath = { ...ALL, entries: "none" };

type OtherResources = Pick<KindContext, "claims" | "claimed">;

/** The shares of one walk through a tree. */
export class TreeShares {
  readonly #others: OtherResources;
  readonly #inside = new Map<string, TreePath>();

  constructor(root: string, others: OtherResources) {
    this.#others = others;
    this.#inside.set(root, ALL);
  }

  /** What the tree says of an entry, or of one that should be there; undefined: nothing. */
  of(path: string, isDirectory: boolean): TreeShare | undefined {
    const inside = this.#insideOf(parentOf(path));
    if (inside.entries === "none" || (inside.entries === "directories" && !isDirectory)) {
      return undefined;
    }
    const claims = this.#others.claims(path);
    if (claims.some((claim) => leavesNothing(claim, isDirectory))) return undefined;
    const isWay = isDirectory && this.#others.claimed(`${path}/`);
    return {
      content: claims.some(({ says }) => says === "part") ? "where missing" : "all",
      purge: inside.purge && !isWay && claims.every(({ entry }) => entry === "indifferent"),
      claimed: claims.length > 0,
      others: joined(inside.others, claims.map(({ attributes }) => attributes)),
    };
  }

  #insideOf(directory: string): TreePath {
    let inside = this.#inside.get(directory);
    if (inside === undefined) {
      inside = this.#look(directory);
      this.#inside.set(directory, inside);
    }
    return inside;
  }

  #look(directory: string): TreePath {
    if (this.of(directory, true) === undefined) return NOTHING;
    const { purge, others } = this.#insideOf(parentOf(directory));
    const below = this.#others.claims(directory).map((claim) => claim.below);
    return {
      entries: below.some((each) => takesEntries(each, true))
        ? "none"
        : below.some((each) => takesEntries(each, false))
        ? "directories"
        : "all",
      purge: purge && !below.includes("kept"),
      others: joined(others, below.map((each) => isTree(each) ? each.attributes : undefined)),
    };
  }
}

function leavesNothing({ says, type }: Claim, isDirectory: boolean): boolean {
  return says === "all" || (type !== undefined && isDirectory !== (type === "directory"));
}

function isTree(below: Below | undefined): below is Exclude<Below, string> {
  return typeof below === "object";
}

/** Whether what is in a directory comes from elsewhere: all, or only what is no directory. */
function takesEntries(below: Below | undefined, deep: boolean): boolean {
  if (below === "all") return true;
  return isTree(below) && below.source !== undefined && (below.deep || !deep);
}

function joined(
  first: ReadonlySet<AttributeName>,
  more: readonly (readonly AttributeName[] | undefined)[],
): ReadonlySet<AttributeName> {
  const all = more.flatMap((each) => each ?? []);
  return all.length === 0 ? first : new Set([...first, ...all]);
}

/**
 * Where an entry would come from that is in the tree of another resource, too: for a tree without a
 * source, the nearest around it that has one. Undefined: from nowhere.
 */
export function outerSource(
  root: string,
  path: string,
  isDirectory: boolean,
  { claims }: OtherResources,
): { readonly source: string; readonly below: string } | undefined {
  for (let at = root; at !== "/";) {
    at = parentOf(at);
    for (const { below } of claims(at)) {
      if (below === "all") return undefined;
      if (!isTree(below) || below.source === undefined) continue;
      if (!below.deep && (isDirectory || parentOf(path) !== at)) continue;
      return { source: below.source, below: path.slice(at === "/" ? 1 : at.length + 1) };
    }
  }
  return undefined;
}
