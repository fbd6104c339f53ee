/**
 * What is wanted: a tree of names, with the wishes at its nodes.
 *
 * @module
 */

/** One registered wish. */
export interface Subscription {
  readonly node: PathNode;
  readonly tree: boolean;
  readonly follow: boolean;
  readonly changed: (moved: boolean) => void;
  /** What is said next is that something was moved here. */
  moved: boolean;
  closed: boolean;
}

/** A path that is wanted, or lies above one that is. */
export interface PathNode {
  /** Empty for the root. */
  readonly name: string;
  readonly parent: PathNode | undefined;
  children: Map<string, PathNode> | undefined;
  wishes: Subscription[] | undefined;
  /** The directory that this path leads to now; only where that matters. */
  place: WatchedDirectory | undefined;
  /** What a link at this path leads through, to `place` or to a file: directories and names. */
  hops: { readonly directory: WatchedDirectory; readonly name: string }[] | undefined;
}

/** The node of one component of a path, which nobody wants yet. */
export function createNode(name: string, parent: PathNode | undefined): PathNode {
  return {
    name,
    parent,
    children: undefined,
    wishes: undefined,
    place: undefined,
    hops: undefined,
  };
}

/** The node of an absolute path, made where it is missing. */
export function nodeAt(root: PathNode, path: string): PathNode {
  let node = root;
  for (const name of path.split("/")) {
    if (name === "") continue;
    node.children ??= new Map();
    let child = node.children.get(name);
    if (child === undefined) node.children.set(name, child = createNode(name, node));
    node = child;
  }
  return node;
}

/** The path of a node, as it was wished for. */
export function pathOf(node: PathNode): string {
  let path = "";
  for (let at: PathNode | undefined = node; at?.parent !== undefined; at = at.parent) {
    path = "/" + at.name + path;
  }
  return path === "" ? "/" : path;
}

/** Whether it matters where this path leads: for something below, its tree, or a link's target. */
export function leadsOn(node: PathNode): boolean {
  return node.children !== undefined || wantsTree(node) || follows(node);
}

/** Whether one of the wishes of this node is also for what a link there leads to. */
export function follows(node: PathNode): boolean {
  return node.wishes?.some((wish) => wish.follow) ?? false;
}

/** Whether one of the wishes of this node is for everything below it. */
export function wantsTree(node: PathNode): boolean {
  return node.wishes?.some((wish) => wish.tree) ?? false;
}

/** Whether something directly in this directory is wanted for itself. */
export function hasWantedEntries(node: PathNode): boolean {
  for (const child of node.children?.values() ?? []) if (child.wishes !== undefined) return true;
  return false;
}

/** Takes a wish away; returns the nodes that nobody needs any more, the lowest first. */
export function removeSubscription(wish: Subscription): PathNode[] {
  const node = wish.node;
  node.wishes = node.wishes?.filter((other) => other !== wish);
  if (node.wishes?.length === 0) node.wishes = undefined;
  const unneeded: PathNode[] = [];
  let at = node;
  while (at.parent !== undefined && at.children === undefined && at.wishes === undefined) {
    unneeded.push(at);
    const siblings = at.parent.children;
    siblings?.delete(at.name);
    if (siblings?.size === 0) at.parent.children = undefined;
    at = at.parent;
  }
  if (!leadsOn(at)) unneeded.push(at);
  return unneeded;
}

/** A real directory whose entries matter. */
export interface WatchedDirectory {
  /** The kernel's number for it; undefined where it is polled. */
  readonly id: number | undefined;
  /** A path without symbolic links that led to it when it was last looked at. */
  path: string;
  /** Whether what is written into its files is watched too. */
  content: boolean;
  /** Nodes that lead to it; no node twice. */
  nodes: readonly PathNode[];
  /** Names in it that symbolic links pass through, with the nodes that pass. */
  hops: Map<string, Set<PathNode>> | undefined;
  /** What is known of it as a part of wanted trees. */
  branch: Branch | undefined;
  /** Set where it is polled. */
  readonly polling: Polling | undefined;
}

/** A directory inside wanted trees. */
export interface Branch {
  /** The nodes whose trees it belongs to, and the directory through which each reaches it. */
  readonly trees: Map<PathNode, WatchedDirectory | undefined>;
  /** Directories in it. */
  readonly below: Map<string, WatchedDirectory>;
}

/** What polling knows of a directory. */
export interface Polling {
  readonly reason: string;
  /** Whether a look at it may hang, because another machine answers. */
  readonly remote: boolean;
  /** What stood at each name at the last look. */
  seen: Map<string, string>;
}
