/**
 * What is wanted: a tree of names, with the subscriptions at its nodes.
 *
 * @module
 */

import type { PathNode, Subscription } from "./model.ts";
import type { WatchRequest } from "./watcher.ts";

/** The node of one component of a path, which nobody wants yet. */
export function createNode(name: string, parent: PathNode | undefined): PathNode {
  return {
    name,
    parent,
    children: undefined,
    subscriptions: undefined,
    place: undefined,
    hops: undefined,
  };
}

/** The node of an absolute path, made where it is missing. */
function nodeAt(root: PathNode, path: string): PathNode {
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

/** The path of a node, as it was asked for. */
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

/** Whether one of the subscriptions of this node is also for what a link there leads to. */
export function follows(node: PathNode): boolean {
  return node.subscriptions?.some((subscription) => subscription.follow) ?? false;
}

/** Whether one of the subscriptions of this node is for what is below it. */
export function wantsTree(node: PathNode): boolean {
  return node.subscriptions?.some((subscription) => subscription.tree) ?? false;
}

/** Whether one of them is also for what is deeper than that directory's own entries. */
export function wantsBelow(node: PathNode): boolean {
  return node.subscriptions?.some(({ tree, entries }) => tree && entries === undefined) ?? false;
}

/** Whether something directly in this directory is wanted for itself. */
export function hasWantedEntries(node: PathNode): boolean {
  for (const child of node.children?.values() ?? []) {
    if (child.subscriptions !== undefined) return true;
  }
  return false;
}

/** The highest node on the way to what is wanted that has to be found, or found again. */
export function neededNode({ node }: Subscription): PathNode | undefined {
  const parent = node.parent ?? node;
  let needed = parent.place?.content ? undefined : parent;
  for (let at: PathNode | undefined = parent; at !== undefined; at = at.parent) {
    if (at.place === undefined) needed = at;
  }
  return needed ?? (leadsOn(node) ? node : undefined);
}

/** Enters a request at the node of its path. */
export function addSubscription(root: PathNode, request: WatchRequest): Subscription {
  const node = nodeAt(root, request.path);
  const { follow = false, changed } = request;
  const entries = request.tree ? undefined : request.entries;
  const added: Subscription = {
    node,
    tree: request.tree || entries !== undefined,
    entries,
    follow,
    changed,
    seen: undefined,
    last: undefined,
    more: 0,
    closed: false,
  };
  node.subscriptions = [...node.subscriptions ?? [], added];
  return added;
}

/** Takes a subscription away; returns the nodes that nobody needs any more, the lowest first. */
export function removeSubscription(subscription: Subscription): PathNode[] {
  const { node } = subscription;
  node.subscriptions = node.subscriptions?.filter((other) => other !== subscription);
  if (node.subscriptions?.length === 0) node.subscriptions = undefined;
  const unneeded: PathNode[] = [];
  let at = node;
  while (at.parent !== undefined && at.children === undefined && at.subscriptions === undefined) {
    unneeded.push(at);
    const siblings = at.parent.children;
    siblings?.delete(at.name);
    if (siblings?.size === 0) at.parent.children = undefined;
    at = at.parent;
  }
  if (!leadsOn(at)) unneeded.push(at);
  return unneeded;
}
