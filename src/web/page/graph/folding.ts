/**
 * Folds a graph so that it stays readable: resources are grouped by kind, and within a kind by the directories of
 * their paths; groups are unfolded, the largest first, as long as all has room.
 *
 * @module
 */

import type { EdgeKind, ShownEdge } from "../model/shown.ts";

/** What is drawn as one: a resource, or a group of them. */
export interface GraphNode {
  /** A resource's key, or a group's name: `file:/etc/`. */
  readonly id: string;
  readonly kind: string;
  /** A resource's name, a group's directory; empty: all of the kind. */
  readonly name: string;
  /** The keys in it. */
  readonly keys: readonly string[];
  readonly isGroup: boolean;
}

/** Edges between what is drawn; of several between the same two the one that says most. */
export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
}

/** A graph as it is drawn. */
export interface FoldedGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly DrawnEdge[];
  /** Names of groups that were unfolded by hand, and are there. */
  readonly unfolded: readonly string[];
}

/** How a graph is to be folded. */
export interface FoldWish {
  /** So many nodes are readable. */
  readonly budget: number;
  /** Fewer say nothing: rather are there more than the budget, up to {@linkcode CROWDED} times. */
  readonly fewest: number;
  /** Names of the groups that a person unfolded. */
  readonly open: ReadonlySet<string>;
  /** Keys that stand alone, whatever group they are in. */
  readonly alone: ReadonlySet<string>;
}

interface Foldable {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  /** Where its name is none. */
  readonly path?: string | undefined;
}

/** Resources of one kind below one directory. */
class Group {
  readonly items: Foldable[] = [];
  readonly groups = new Map<string, Group>();
  #parts: readonly (Group | Foldable)[] | undefined;
  #keys: readonly string[] | undefined;

  constructor(readonly id: string, readonly kind: string, readonly name: string) {}

  /** What one sees when it is unfolded; asked for when all is in it. */
  get parts(): readonly (Group | Foldable)[] {
    return this.#parts ??= [...[...this.groups.values()].map(lone), ...this.items];
  }

  get keys(): readonly string[] {
    return this.#keys ??= this.parts.flatMap((each) => isGroup(each) ? each.keys : [each.key]);
  }

  get size(): number {
    return this.keys.length;
  }
}

/** Folds it. */
export function fold(
  resources: Iterable<Foldable>,
  edges: readonly ShownEdge[],
  { budget, fewest, open, alone }: FoldWish,
): FoldedGraph {
  const single: Foldable[] = [];
  const kinds = new Map<string, Group>();
  for (const each of resources) {
    if (alone.has(each.key)) single.push(each);
    else add(kinds, each);
  }
  const roots = [...kinds.values()].map(lone);
  const fitting = fittingGroups(roots, budget - single.length, fewest - single.length);
  const unfolded: string[] = [];
  const seen = (each: Group | Foldable): readonly (Group | Foldable)[] => {
    if (!isGroup(each)) return [each];
    // What a person opens adds its parts, and leaves all else as it was seen.
    const isOpened = !fitting.has(each) && open.has(each.id);
    if (isOpened) unfolded.push(each.id);
    return isOpened || fitting.has(each) ? each.parts.flatMap(seen) : [each];
  };
  const cut = roots.flatMap(seen);
  const nodes = [...single, ...cut].map(nodeOf);
  return { nodes, edges: drawnEdges(nodes, edges), unfolded };
}

/** The groups that are unfolded: the largest that has room, as long as there is one. */
function fittingGroups(
  roots: readonly (Group | Foldable)[],
  budget: number,
  fewest: number,
): ReadonlySet<Group> {
  const fitting = new Set<Group>();
  const folded = new Set(roots.filter(isGroup));
  let count = roots.length;
  for (;;) {
    const room = count < fewest ? budget * CROWDED : budget;
    const [best] = [...folded].filter(({ parts }) => count - 1 + parts.length <= room)
      .sort((a, b) => b.size - a.size);
    if (best === undefined) return fitting;
    fitting.add(best);
    folded.delete(best);
    count += best.parts.length - 1;
    for (const part of best.parts) if (isGroup(part)) folded.add(part);
  }
}

const CROWDED = 3;

/** Puts a resource into the group of its kind, and of each directory on the way to it. */
function add(kinds: Map<string, Group>, item: Foldable): void {
  const { kind, name, path = name } = item;
  let group = groupIn(kinds, kind, `${kind}:`, kind, "");
  if (path.startsWith("/")) {
    const parts = path.split("/").slice(1, path.endsWith("/") ? -2 : -1);
    let directory = "/";
    for (const part of parts.slice(0, DEEPEST)) {
      directory += `${part}/`;
      group = groupIn(group.groups, part, `${kind}:${directory}`, kind, directory);
    }
  }
  group.items.push(item);
}

/** Directories within directories that are told apart. */
const DEEPEST = 12;

function groupIn(
  groups: Map<string, Group>,
  part: string,
  id: string,
  kind: string,
  name: string,
): Group {
  const found = groups.get(part);
  if (found !== undefined) return found;
  const made = new Group(id, kind, name);
  groups.set(part, made);
  return made;
}

/** A group with one part is that part. */
function lone(group: Group): Group | Foldable {
  const { items, groups } = group;
  if (groups.size === 0 && items.length === 1) return items[0]!;
  if (groups.size === 1 && items.length === 0) return lone([...groups.values()][0]!);
  return group;
}

function isGroup(each: Group | Foldable): each is Group {
  return each instanceof Group;
}

function nodeOf(each: Group | Foldable): GraphNode {
  const { kind, name } = each;
  return isGroup(each)
    ? { id: each.id, kind, name, keys: each.keys, isGroup: true }
    : { id: each.key, kind, name, keys: [each.key], isGroup: false };
}

const SAYS_MOST: readonly EdgeKind[] = ["auto", "requires", "notifies"];

function drawnEdges(nodes: readonly GraphNode[], edges: readonly ShownEdge[]): DrawnEdge[] {
  const owner = new Map<string, string>();
  for (const { id, keys } of nodes) for (const key of keys) owner.set(key, id);
  const drawn = new Map<string, DrawnEdge>();
  for (const edge of edges) {
    const [from, to] = [owner.get(edge.from), owner.get(edge.to)];
    if (from === undefined || to === undefined || from === to) continue;
    const name = `${from}\n${to}`;
    const old = drawn.get(name);
    if (old !== undefined && SAYS_MOST.indexOf(old.kind) >= SAYS_MOST.indexOf(edge.kind)) continue;
    drawn.set(name, { from, to, kind: edge.kind });
  }
  return [...drawn.values()];
}
