/**
 * From a path to the directory that holds it, and how far that directory can be trusted.
 *
 * A directory is *safe* when nobody but root and the agent's user can put another in its place:
 * each directory on the way is owned by one of them and not writable by others, or sticky with the
 * next one owned by one of them. There, absolute paths cannot be led astray. From the first
 * directory on that does not fulfil this, every step is *foreign*: it is walked component by
 * component without following a link (see `in_directory.ts`).
 *
 * @module
 */

import { fail, ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import type { Mount, Mounts } from "../mounts/mounts.ts";
import { directoryOf, join, nameOf } from "./paths.ts";
import type { EntryInfo } from "../native/lstat.ts";
import { lstat } from "./stat.ts";
import { errorCode, systemFailure } from "./system_error.ts";

/** An existing directory, or one that a foreign part of the path may lead to. */
export interface PathDirectory {
  /** Without links where it is safe. */
  readonly path: string;
  /**
   * `safe`: only root and the agent's user make entries here; `sticky`: others make entries too, but
   * not in place of ours; `foreign`: somebody else may change entries here or on the way.
   */
  readonly trust: "safe" | "sticky" | "foreign";
  /** The deepest directory on the way that is not below a foreign one. */
  readonly anchor: string;
  /** The names from the anchor to here. */
  readonly steps: readonly string[];
  readonly mount: Mount;
}

export type ResolvedPath =
  | {
    readonly type: "entry";
    readonly directory: PathDirectory;
    readonly name: string;
    /** The directory was looked at just now, and not merely believed to be there. */
    readonly looked: boolean;
  }
  /** The parent is not there; `obstacle` is what stands in place of a directory on the way. */
  | { readonly type: "missing"; readonly nearestParent: string; readonly obstacle?: string }
  /** The path leads to a mount that may hang and was not to be touched. */
  | { readonly type: "remote"; readonly mount: Mount };

/** An entry whose directory was found; the path as the caller knows it. */
export type ParentEntry = Extract<ResolvedPath, { type: "entry" }> & { readonly path: string };

/**
 * How long a directory that was looked at is believed: enough for a burst of files in it. Whoever hears
 * of changes on the way says so by `forget`.
 */
const BELIEVED_MS = 100;
const LINKS_ON_THE_WAY = 40;

type PathStep =
  | { readonly type: "directory"; readonly directory: PathDirectory }
  | Exclude<
    ResolvedPath,
    { type: "entry" }
  >;

/** Finds places for an agent that runs as `agentUid`. */
export class PathResolver {
  readonly mounts: Mounts;
  readonly #clock: Clock;
  readonly #agentUid: number;
  readonly #believed = new Map<string, PathDirectory>();
  #sinceMs = 0;

  constructor(clock: Clock, mounts: Mounts, agentUid: number) {
    this.mounts = mounts;
    this.#clock = clock;
    this.#agentUid = agentUid;
  }

  /** The place of a path. Touches remote mounts only if `remote` says so. */
  find(path: string, remote: boolean): Result<ResolvedPath> {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#sinceMs > BELIEVED_MS) {
      this.#believed.clear();
      this.#sinceMs = nowMs;
    }
    const parentPath = directoryOf(path);
    const looked = !this.#believed.has(parentPath);
    const step = this.#directory(parentPath, remote, 0);
    if (!step.ok) return step;
    if (step.value.type !== "directory") return ok(step.value);
    const { directory: parent } = step.value;
    const mount = this.mounts.on(join(parent.path, nameOf(path)));
    if (mount?.remote && !remote) return ok({ type: "remote", mount });
    return ok({
      type: "entry",
      directory: parent,
      name: nameOf(path),
      looked: looked && parent.steps.length === 0,
    });
  }

  /** Forgets what was believed for a short time. */
  forget(): void {
    this.#believed.clear();
  }

  #directory(path: string, remote: boolean, links: number): Result<PathStep> {
    const known = this.#believed.get(path);
    if (known !== undefined && (remote || !known.mount.remote)) {
      return ok({ type: "directory", directory: known });
    }
    const step = path === "/" ? this.#root() : this.#next(path, remote, links);
    if (step.ok && step.value.type === "directory") this.#believed.set(path, step.value.directory);
    return step;
  }

  #root(): Result<PathStep> {
    return this.#visit("/", this.mounts.holding("/"), { linkTarget: undefined });
  }

  /** One step further than the parent directory. */
  #next(path: string, remote: boolean, links: number): Result<PathStep> {
    const up = this.#directory(directoryOf(path), remote, links);
    if (!up.ok || up.value.type !== "directory") return up;
    const parent = up.value.directory;
    const name = nameOf(path);
    const here = join(parent.path, name);
    const mount = this.mounts.on(here) ?? parent.mount;
    if (mount.remote && !remote) return ok({ type: "remote", mount });
    if (parent.trust === "foreign") {
      return ok({
        type: "directory",
        directory: { ...parent, path: here, steps: [...parent.steps, name], mount },
      });
    }
    const link: { linkTarget: string | undefined } = { linkTarget: undefined };
    const step = this.#visit(here, mount, link, parent);
    if (link.linkTarget === undefined) return step;
    if (links >= LINKS_ON_THE_WAY) return fail(`${path}: too many symbolic links on the way`);
    const target = resolveLink(parent.path, link.linkTarget);
    if (target === undefined) return untrustedLink(here);
    return this.#directory(target, remote, links + 1);
  }

  /** Looks at one component below directories that are not foreign. */
  #visit(
    path: string,
    mount: Mount,
    link: { linkTarget: string | undefined },
    parent?: PathDirectory,
  ): Result<PathStep> {
    let info: EntryInfo | undefined;
    try {
      info = lstat(path);
      if (info === undefined) return ok({ type: "missing", nearestParent: directoryOf(path) });
      if (info.isSymlink) {
        if (parent?.trust !== "safe" || !this.#ours(info)) return untrustedLink(path);
        link.linkTarget = Deno.readLinkSync(path);
        return ok({ type: "missing", nearestParent: directoryOf(path) });
      }
    } catch (thrown) {
      if (errorCode(thrown) !== "ENOENT") return systemFailure(thrown, `look at ${path}`);
      return ok({ type: "missing", nearestParent: directoryOf(path) });
    }
    if (!info.isDirectory) {
      return ok({ type: "missing", nearestParent: directoryOf(path), obstacle: path });
    }
    // In a sticky directory the owner of an entry may still put another in its place.
    const movable = parent?.trust === "sticky" && !this.#ours(info);
    const [anchor, steps] = movable ? [parent.path, [nameOf(path)]] : [path, []];
    return ok({
      type: "directory",
      directory: { path, trust: this.#trustOf(info), anchor, steps, mount },
    });
  }

  #trustOf(info: EntryInfo): PathDirectory["trust"] {
    const mode = info.mode ?? 0;
    if (!this.#ours(info)) return "foreign";
    if ((mode & 0o022) === 0) return "safe";
    return (mode & 0o1000) !== 0 ? "sticky" : "foreign";
  }

  #ours(info: EntryInfo): boolean {
    return info.uid === 0 || info.uid === this.#agentUid;
  }
}

function untrustedLink(path: string): Result<never> {
  return fail(`${path} is a symbolic link that other users could have made or changed`, {
    code: "untrusted-link",
    hint: "name the real path, or let root own the link in a directory that only root can write",
  });
}

/**
 * The path a link leads to. `directory` has no links in it, so that `..` at the beginning is its
 * parent; undefined where `..` follows a name, which could be a link itself.
 */
function resolveLink(directory: string, target: string): string | undefined {
  const parts = target.startsWith("/") ? [] : directory.split("/").filter(Boolean);
  let named = false;
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (named) return undefined;
      parts.pop();
    } else {
      parts.push(part);
      named = true;
    }
  }
  return `/${parts.join("/")}`;
}
