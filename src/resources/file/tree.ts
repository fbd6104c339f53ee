/**
 * Directories with what is in them: source trees, owner and mode for everything below, and purge.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { failure, ok } from "../../base/result.ts";
import type { Failure, Result } from "../../base/result.ts";
import type { DirectoryEntry } from "../../host/files/files.ts";
import type { Context } from "../../kind/kind.ts";
import { inspect, inspectNew } from "./inspect.ts";
import type { Inspection } from "./inspect.ts";
import { forTreeDirectory } from "./mode.ts";
import { joinPath, parentOf } from "./path.ts";
import type { Finding } from "./plan.ts";
import { walkSource } from "./source.ts";
import { attributeDrift } from "./wanted.ts";
import type { Wanted } from "./wanted.ts";

/** After so many entries timers, signals and other resources get a turn. */
const ENTRIES_PER_TURN = 200;

/** A walk through one managed tree. */
class TreeWalk {
  readonly findings: Finding[] = [];
  /** Paths that the source accounts for. */
  readonly #sourced = new Set<string>();
  /** What cannot be put right, by path. */
  readonly refused = new Map<string, Failure>();
  /** Paths that are made anew, so that what is below them now will not be there. */
  readonly #remade = new Set<string>();
  #entries = 0;
  readonly #about: Inspection;
  readonly #directoryWanted: Wanted;

  constructor(about: Inspection) {
    this.#about = about;
    const { mode } = about.wanted;
    this.#directoryWanted = mode === undefined
      ? about.wanted
      : { ...about.wanted, mode: forTreeDirectory(mode) };
  }

  /** Compares the directory, its source, what is below it, and what should not be there. */
  async run(): Promise<Failure | undefined> {
    const { path, source, purge, recurse } = this.#about.params;
    const root = await inspect(path, { type: "directory" }, this.#aboutDirectory(false));
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

  #aboutDirectory(parentIsMade: boolean): Inspection {
    return { ...this.#about, wanted: this.#directoryWanted, parentIsMade };
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
      if (this.#isBelowRefused(target)) continue;
      const parentIsMade = isMade || below.includes("/");
      const about = shape.type === "directory"
        ? this.#aboutDirectory(parentIsMade)
        : { ...this.#about, parentIsMade };
      const look = this.#remade.has(parentOf(target)) ? inspectNew : inspect;
      const found = await look(target, shape, about);
      if (found.ok) this.#found(found.value);
      else this.refused.set(target, found.failure);
    }
    return undefined;
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
    return undefined;
  }

  async #sweepEntry(path: string, entry: DirectoryEntry): Promise<Failure | undefined> {
    const { params, context } = this.#about;
    const goesBelow = entry.type === "directory" && params.recurse && !this.#remade.has(path);
    const isKept = !params.purge || this.#sourced.has(path) || context.claimed(path) ||
      (entry.type === "directory" && (!params.recurse || isOnTheWay(path, context)));
    if (!isKept && !await this.#isLiveTemporary(path, entry)) return await this.#purge(path);
    if (params.recurse && !this.#sourced.has(path) && !context.claimed(path)) {
      const failed = await this.#compareAttributes(path);
      if (failed !== undefined) return failed;
    }
    return goesBelow ? await this.#sweep(path) : undefined;
  }

  async #compareAttributes(path: string): Promise<Failure | undefined> {
    if (!hasAttributes(this.#about.wanted)) return undefined;
    const { files } = this.#about.context.host;
    const seen = await files.look(path, { signal: this.#about.context.signal });
    if (!seen.ok) return seen.failure;
    const sight = seen.value;
    if (sight.type !== "file" && sight.type !== "directory") return undefined;
    const wanted = sight.type === "directory" ? this.#directoryWanted : this.#about.wanted;
    const { attributes, words } = attributeDrift(wanted, sight.stat);
    if (words.length > 0) {
      const step = { do: "attributes", path, seen: sight, attributes } as const;
      this.findings.push({ path, reason: words.join(", "), steps: [step] });
    }
    return undefined;
  }

  async #purge(path: string): Promise<Failure | undefined> {
    const { files } = this.#about.context.host;
    const seen = await files.look(path, { signal: this.#about.context.signal });
    if (!seen.ok) return seen.failure;
    if (seen.value.type === "absent") return undefined;
    const step = { do: "remove", path, seen: seen.value, tree: true } as const;
    this.findings.push({ path, reason: "is not accounted for", steps: [step] });
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
    if (this.#entries % ENTRIES_PER_TURN === 0) await context.host.clock.breathe();
    if (context.signal.aborted) return stopped(root);
    if (this.#entries <= LIMITS.treeEntries) return undefined;
    return tooMany(root);
  }
}

const TOO_MANY = "too-many";

/** How old another run's temporary file is taken to be in use. */
const TEMPORARY_LIVES_MS = 60 * 60 * 1000;

/**
 * Everything in a tree that is not as it should be, in the order in which it can be put right. What
 * cannot be comes last, as findings whose step is to refuse; with nothing else it is the result.
 */
export async function inspectTree(about: Inspection): Promise<Result<readonly Finding[]>> {
  const walk = new TreeWalk(about);
  const failed = await walk.run();
  if (failed !== undefined) return { ok: false, failure: failed };
  const refused = [...walk.refused].map(([path, failure]): Finding => {
    return { path, reason: failure.message, steps: [{ do: "refuse", path, failure }] };
  });
  const [first] = walk.refused.values();
  if (walk.findings.length > 0 || first === undefined) return ok([...walk.findings, ...refused]);
  const more = walk.refused.size === 1 ? "" : `; and ${walk.refused.size - 1} more like it`;
  return { ok: false, failure: { ...first, message: first.message + more } };
}

/** A directory below which some resource manages something is left for it. */
function isOnTheWay(path: string, context: Context): boolean {
  return context.claimed(`${path}/`);
}

function hasAttributes({ uid, gid, mode }: Wanted): boolean {
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
