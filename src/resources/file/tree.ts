/**
 * Directories with what is in them: source trees, owner and mode for everything below, and purge.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { failure, ok } from "../../base/result.ts";
import type { Failure, Result } from "../../base/result.ts";
import { yielderOf } from "../../base/yielder.ts";
import type { DirectoryEntry, RawDirectoryEntry, Sight } from "../../os/files/files.ts";
import { joinPath, parentOf } from "../shared/files/path.ts";
import type { Finding } from "./apply.ts";
import { attributeDrift, wantedBeside } from "../shared/files/attributes.ts";
import type { WantedOwnership } from "../shared/files/attributes.ts";
import { inspect, inspectNew } from "./entry.ts";
import type { FoundEntry, Inspection, Shape } from "./entry.ts";
import { forTreeDirectory } from "../shared/files/mode.ts";
import { isInSource, keptMode, shapeOfRoot, walkSource } from "./source.ts";
import { outerSource, type TreeShare, TreeShares } from "./tree_share.ts";

/** Hears what else there is to know of a tree. */
export interface TreeEars {
  /** A source besides its own, on which it depends what is purged. */
  follow(source: string): void;
  /** Entries that cannot be copied or put right, because their names are not UTF-8. */
  nameless(paths: readonly string[]): void;
}

/** A walk through one managed tree. */
class TreeWalk {
  readonly findings: Finding[] = [];
  /** Paths that the source accounts for. */
  readonly #sourced = new Set<string>();
  /** What cannot be put right, by path. */
  readonly refused = new Map<string, Failure>();
  /** What is left as it is, because it may be what others bring that is not known yet. */
  readonly heldBack: string[] = [];
  /** What cannot be copied or put right, because its name is not UTF-8. */
  readonly nameless: string[] = [];
  /** Paths that are made anew, so that what is below them now will not be there. */
  readonly #remade = new Set<string>();
  #entries = 0;
  readonly #about: Inspection;
  readonly #shares: TreeShares;
  readonly #ears: TreeEars;
  readonly #directoryWanted: WantedOwnership;

  constructor(about: Inspection, ears: TreeEars) {
    this.#about = about;
    this.#ears = ears;
    this.#shares = new TreeShares(about.params.path, about.context);
    const { mode } = about.wanted;
    this.#directoryWanted = mode === undefined
      ? about.wanted
      : { ...about.wanted, mode: forTreeDirectory(mode) };
  }

  /** Compares the directory, its source, what is below it, and what should not be there. */
  async run(): Promise<Failure | undefined> {
    const { path, source, purge, recurse, keepModes } = this.#about.params;
    const top = keepModes && source !== undefined
      ? await shapeOfRoot(source, this.#about.context)
      : ok<Shape>({ type: "directory" });
    if (!top.ok) return top.failure;
    const about = { ...this.#about, wanted: this.#directoryWanted };
    const root = await inspect(path, top.value, keptMode(about, top.value));
    if (!root.ok) return root.failure;
    this.#found(root.value);
    const isMade = this.#remade.has(path);
    if (source !== undefined) {
      const failed = await this.#compareSource(path, source, isMade);
      if (failed !== undefined) return failed;
    }
    const sweep = purge || (recurse && hasAttributes(this.#about.wanted));
    if (isMade || !sweep) return undefined;
    return await this.#sweep(path);
  }

  #aboutEntry(isDirectory: boolean, { others }: TreeShare): Inspection {
    const wanted = isDirectory ? this.#directoryWanted : this.#about.wanted;
    if (others.size === 0) return { ...this.#about, wanted };
    const { params } = this.#about;
    // Until another resource has set its mode, nobody else reads what is made.
    const isPrivate = others.has("mode") && !isDirectory;
    return {
      ...this.#about,
      wanted: wantedBeside(wanted, others),
      params: isPrivate ? { ...params, sensitive: true } : params,
    };
  }

  #found(finding: Finding | undefined): void {
    if (finding === undefined) return;
    this.findings.push(finding);
    const remade = finding.steps.some((step) => step.do === "directory" || step.do === "remove");
    if (remade) this.#remade.add(finding.path);
  }

  async #compareSource(
    path: string,
    source: string,
    isMade: boolean,
  ): Promise<Failure | undefined> {
    const { params, context } = this.#about;
    for await (const entry of walkSource(source, params, context)) {
      if (!entry.ok) return entry.failure;
      const { below, shape } = entry.value;
      const target = joinPath(path, below);
      this.#sourced.add(target);
      const full = await this.#count(path);
      if (full !== undefined) return full;
      if (shape === undefined) {
        this.nameless.push(`${source}/${below}`);
        continue;
      }
      const share = this.#shares.of(target, shape.type === "directory");
      // Others need a directory there.
      const isInTheWay = shape.type === "file" && context.claimed(`${target}/`);
      if (share === undefined || isInTheWay || this.#isBelowRefused(target)) continue;
      const found = await this.#compareEntry(target, shape, share, isMade || below.includes("/"));
      if (found.ok) this.#found(found.value);
      else this.refused.set(target, found.failure);
    }
    return undefined;
  }

  async #compareEntry(
    target: string,
    shape: Shape,
    share: TreeShare,
    parentIsMade: boolean,
  ): Promise<FoundEntry> {
    const isDirectory = shape.type === "directory";
    const about = keptMode({ ...this.#aboutEntry(isDirectory, share), parentIsMade }, shape);
    if (this.#remade.has(parentOf(target))) return await inspectNew(target, shape, about);
    const found = await inspect(target, shape, about);
    if (!found.ok || found.value === undefined) return found;
    const isOpen = !isDirectory && !share.claimed && this.#isExpected(target);
    if (!isOpen && share.content === "all") return found;
    const { files } = this.#about.context.host;
    const seen = await files.look(target, { signal: this.#about.context.signal });
    if (!seen.ok || seen.value.type === "absent") return seen.ok ? found : seen;
    if (!isOpen) return ok(this.#attributesOf(target, seen.value, share));
    this.heldBack.push(target);
    return ok(undefined);
  }

  /** Whether others brought it before, so that it is theirs unless they say that it is not. */
  #isExpected(path: string): boolean {
    return this.#about.context.expected(path) === "itself";
  }

  #isBelowRefused(path: string): boolean {
    for (let at = parentOf(path); at.length > this.#about.params.path.length; at = parentOf(at)) {
      if (this.refused.has(at)) return true;
    }
    return false;
  }

  /** Goes through what is there: attributes for what stays, removal for what nothing accounts for. */
  async #sweep(directory: string): Promise<Failure | undefined> {
    const { params, context } = this.#about;
    const listed = await context.host.files.list(directory, context.signal);
    if (!listed.ok) return listed.failure;
    for (const entry of listed.value.entries) {
      const full = await this.#count(params.path);
      if (full !== undefined) return full;
      const path = joinPath(directory, entry.name);
      if (this.refused.has(path)) continue;
      const failed = await this.#sweepEntry(path, entry);
      if (failed === undefined) continue;
      // One entry that cannot be looked at must not keep the others as they are.
      if (context.signal.aborted || failed.code === TOO_MANY) return failed;
      this.refused.set(path, failed);
    }
    for (const entry of listed.value.unnameable) this.#sweepUnnameable(directory, entry);
    return undefined;
  }

  /** Nothing but a purge gets at what has no name. */
  #sweepUnnameable(directory: string, entry: RawDirectoryEntry): void {
    const { params } = this.#about;
    const path = joinPath(directory, entry.shown);
    const isDirectory = entry.type === "directory";
    const share = this.#shares.of(path, isDirectory);
    if (share === undefined) return;
    const stays = !params.purge || !share.purge || this.#sourced.has(path) ||
      (isDirectory && !params.recurse);
    if (!stays) {
      const step = { do: "remove-unnameable", path, directory, entry } as const;
      this.findings.push({ path, reason: NOT_ACCOUNTED, steps: [step] });
    } else if (params.recurse && hasAttributes(this.#about.wanted)) this.nameless.push(path);
  }

  async #sweepEntry(path: string, entry: DirectoryEntry): Promise<Failure | undefined> {
    const { params, context } = this.#about;
    if (await this.#isLiveTemporary(path, entry)) return undefined;
    const isDirectory = entry.type === "directory";
    const share = this.#shares.of(path, isDirectory);
    if (share === undefined) return undefined;
    const isSourced = this.#sourced.has(path);
    if (params.purge && share.purge && !isSourced && (params.recurse || !isDirectory)) {
      const stays = await this.#isOuters(path, isDirectory);
      if (typeof stays !== "boolean") return stays;
      const expected = stays ? undefined : context.expected(path);
      const mayCome = expected !== undefined && (expected !== "below" || isDirectory);
      if (mayCome) this.heldBack.push(path);
      if (mayCome && expected !== "below") return undefined;
      if (!stays && !mayCome) return await this.#purge(path);
    }
    if (params.recurse && !isSourced) {
      const failed = await this.#compareAttributes(path, share);
      if (failed !== undefined) return failed;
    }
    return isDirectory && params.recurse && !this.#remade.has(path)
      ? await this.#sweep(path)
      : undefined;
  }

  /** Whether the source of a tree around this one brings it. */
  async #isOuters(path: string, isDirectory: boolean): Promise<boolean | Failure> {
    const { params, context } = this.#about;
    if (params.source !== undefined) return false;
    const outer = outerSource(params.path, path, isDirectory, context);
    if (outer === undefined) return false;
    this.#ears.follow(outer.source);
    const found = await isInSource(outer.source, outer.below, context);
    return found.ok ? found.value : found.failure;
  }

  async #compareAttributes(path: string, share: TreeShare): Promise<Failure | undefined> {
    if (!hasAttributes(this.#about.wanted)) return undefined;
    const { files } = this.#about.context.host;
    const seen = await files.look(path, { signal: this.#about.context.signal });
    if (!seen.ok) return seen.failure;
    const finding = this.#attributesOf(path, seen.value, share);
    if (finding === undefined) return undefined;
    if (!share.claimed && this.#isExpected(path)) this.heldBack.push(path);
    else this.findings.push(finding);
    return undefined;
  }

  #attributesOf(path: string, sight: Sight, share: TreeShare): Finding | undefined {
    if (sight.type !== "file" && sight.type !== "directory") return undefined;
    const { wanted } = this.#aboutEntry(sight.type === "directory", share);
    const { attributes, words } = attributeDrift(wanted, sight.stat);
    if (words.length === 0) return undefined;
    const step = { do: "attributes", path, seen: sight, attributes } as const;
    return { path, reason: words.join(", "), steps: [step] };
  }

  async #purge(path: string): Promise<Failure | undefined> {
    const { files } = this.#about.context.host;
    const seen = await files.look(path, { signal: this.#about.context.signal });
    if (!seen.ok) return seen.failure;
    if (seen.value.type === "absent") return undefined;
    const step = { do: "remove", path, seen: seen.value, tree: true } as const;
    this.findings.push({ path, reason: NOT_ACCOUNTED, steps: [step] });
    return undefined;
  }

  /** A temporary file of this run, or of another one that may still be writing it. */
  async #isLiveTemporary(path: string, { name }: DirectoryEntry): Promise<boolean> {
    const { files, clock } = this.#about.context.host;
    const whose = files.isTemporary(name);
    if (whose !== "foreign") return whose === "own";
    const seen = await files.look(path);
    if (!seen.ok || seen.value.type === "absent") return true;
    return clock.wall().getTime() - seen.value.stat.mtimeMs < TEMPORARY_LIVES_MS;
  }

  async #count(root: string): Promise<Failure | undefined> {
    this.#entries++;
    const { context } = this.#about;
    await yielderOf(context.host.clock).yieldTurn();
    if (context.signal.aborted) return stopped(root);
    if (this.#entries <= LIMITS.treeEntries) return undefined;
    return tooMany(root);
  }
}

const TOO_MANY = "too-many";
const NOT_ACCOUNTED = "is not accounted for";

/** How old another run's temporary file is taken to be in use. */
const TEMPORARY_LIVES_MS = 60 * 60 * 1000;

/**
 * Everything in a tree that is not as it should be, in the order in which it can be put right. What
 * cannot be comes last, as findings whose step is to refuse; with nothing else it is the result.
 */
export async function inspectTree(
  about: Inspection,
  ears: TreeEars,
): Promise<Result<readonly Finding[]>> {
  const walk = new TreeWalk(about, ears);
  const failed = await walk.run();
  if (walk.nameless.length > 0) ears.nameless(walk.nameless);
  holdBack(walk.heldBack, about);
  if (failed !== undefined) return { ok: false, failure: failed };
  const refused = [...walk.refused].map(([path, failure]): Finding => {
    return { path, reason: failure.message, steps: [{ do: "refuse", path, failure }] };
  });
  const [first] = walk.refused.values();
  if (walk.findings.length > 0 || first === undefined) return ok([...walk.findings, ...refused]);
  const more = walk.refused.size === 1 ? "" : `; and ${walk.refused.size - 1} more like it`;
  return { ok: false, failure: { ...first, message: first.message + more } };
}

const NAMED = 3;

function holdBack(paths: readonly string[], { context }: Inspection): void {
  if (paths.length === 0) return;
  const rest = paths.length - NAMED;
  const more = rest > 0 ? `, and ${rest} more` : "";
  const why = paths.every((path) => context.leftOut(path))
    ? "an export of another host that may be for it cannot be read, or is left out (a warning names it)"
    : "what other hosts export is not known yet";
  const what = paths.slice(0, NAMED).join(", ") + more;
  context.holdBack(`${why}, so this is left as it is`, what);
}

function hasAttributes({ uid, gid, mode }: WantedOwnership): boolean {
  return uid !== undefined || gid !== undefined || mode !== undefined;
}

function stopped(path: string): Failure {
  return failure(`looking at ${path} was stopped`, { code: "stopped" });
}

function tooMany(path: string): Failure {
  return failure(`${path} has more than ${LIMITS.treeEntries} entries`, {
    code: TOO_MANY,
    hint: "manage smaller trees",
  });
}
