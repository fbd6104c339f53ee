/**
 * What the watcher knows: the paths that are wanted, as a tree of names, and the real directories that they lead
 * through.
 *
 * @module
 */

import type { ChangeAuthor, SeenPathChange } from "./watcher.ts";

/** Who can say who a change was by. */
interface AuthorOf {
  of(change: PathChange): ChangeAuthor | undefined;
}

/** One request to hear about a path. */
export interface Subscription {
  readonly node: PathNode;
  readonly tree: boolean;
  /** Of the tree only what is directly in the directory and has such a name. */
  readonly entries: ((name: string) => boolean) | undefined;
  readonly follow: boolean;
  readonly changed: (seen: SeenPathChange) => void;
  /** What is said next: the first that happened, and how much more did, up to the last. */
  seen: PathChange | undefined;
  last: PathChange | undefined;
  more: number;
  closed: boolean;
}

/** A path that is wanted, or lies above one that is. */
export interface PathNode {
  /** Empty for the root. */
  readonly name: string;
  readonly parent: PathNode | undefined;
  children: Map<string, PathNode> | undefined;
  subscriptions: readonly Subscription[] | undefined;
  /** The directory that this path leads to now; only where that matters. */
  place: WatchedDirectory | undefined;
  /** What a link at this path leads through, to `place` or to a file. */
  hops: readonly Hop[] | undefined;
}

/** A symbolic link on a way: the directory that it is in, and its name. */
export interface Hop {
  readonly directory: WatchedDirectory;
  readonly name: string;
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

/** The path of an entry. */
export function entryPath(directoryPath: string, name: string): string {
  return directoryPath === "/" ? "/" + name : directoryPath + "/" + name;
}

/** What happened to an entry; made for each event that matters to somebody, so it is small. */
export class PathChange implements SeenPathChange {
  readonly directory: string;
  /** Empty for the directory itself. */
  readonly name: string;
  readonly what: string;
  /** When it was told, by the watcher's clock; only where it is known who changes something. */
  readonly atMs: number;
  #more = 0;
  #last: PathChange | undefined;
  readonly #authors: AuthorOf | undefined;

  constructor(
    directory: string,
    name: string,
    what: string,
    { atMs, authors }: { readonly atMs: number; readonly authors?: AuthorOf | undefined } = {
      atMs: 0,
    },
  ) {
    this.directory = directory;
    this.name = name;
    this.what = what;
    this.atMs = atMs;
    this.#authors = authors;
  }

  get source(): string {
    return "file";
  }

  get path(): string {
    return this.name === "" ? this.directory : entryPath(this.directory, this.name);
  }

  get who(): (() => ChangeAuthor | undefined) | undefined {
    const authors = this.#authors;
    return authors && (() => authors.of(this));
  }

  get more(): number {
    return this.#more;
  }

  get moved(): boolean {
    return (this.#last ?? this).what === "moved here";
  }

  /** The same with so many more after it, up to the last one. */
  with(more: number, last: PathChange): PathChange {
    const { directory, name, what, atMs } = this;
    const folded = new PathChange(directory, name, what, { atMs, authors: this.#authors });
    folded.#more = more;
    folded.#last = last;
    return folded;
  }
}

/** Whether somebody needs to know of its entries. */
export function isNeeded(directory: WatchedDirectory): boolean {
  return directory.nodes.length > 0 || directory.hops !== undefined ||
    directory.branch !== undefined;
}
