/**
 * Comparing one entry with what it should be.
 *
 * @module
 */

import { chain, chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import type { Content, Sight } from "../../os/files/files.ts";
import type { KindContext } from "../../kind/kind.ts";
import { showing } from "../shared/files/difference.ts";
import { parentOf } from "../shared/files/path.ts";
import { hiddenOf } from "../shared/files/private.ts";
import { isSystemPath } from "../shared/files/system_paths.ts";
import type { FileStep, Finding } from "./apply.ts";
import { attributeDrift, attributesOfNew } from "../shared/files/attributes.ts";
import type { WantedOwnership } from "../shared/files/attributes.ts";
import type { FileParams } from "./params.ts";

/** What should stand at one path. */
export type Shape =
  | { readonly type: "presence" }
  | {
    readonly type: "file";
    readonly content: Content;
    readonly size: number;
    /** Whether what is there is right although it may be other bytes; absent: only the same bytes are. */
    readonly isRight?: (seen: Uint8Array) => boolean;
    /** The permissions where it comes from. */
    readonly bits?: number;
  }
  | { readonly type: "directory"; readonly bits?: number }
  | { readonly type: "link"; readonly target: string }
  | { readonly type: "absent" };

/** What a look at one path needs to know. */
export interface Inspection {
  readonly params: FileParams;
  readonly wanted: WantedOwnership;
  readonly context: KindContext;
  /** The parent is made by the same plan, so that it may be missing now. */
  readonly parentIsMade?: boolean;
}

export type FoundEntry = Result<Finding | undefined>;

const AS_IT_SHOULD_BE: FoundEntry = ok(undefined);

/** Compares what stands at a path with what should. */
export function inspect(path: string, shape: Shape, about: Inspection): Awaitable<FoundEntry> {
  const { host, signal } = about.context;
  const readUpToBytes = shape.type === "file" ? comparedBytes(shape) : -1;
  const seen = host.files.look(path, { contentUpToBytes: readUpToBytes, signal });
  return chainOk(seen, (sight) => judge(path, shape, sight, about));
}

/** Of a file that is read as a whole to be compared: how large it may be. */
function comparedBytes({ size, isRight }: Extract<Shape, { type: "file" }>): number {
  if (isRight !== undefined) return 2 * LIMITS.headedFileBytes;
  return size <= LIMITS.syncReadBytes ? LIMITS.syncReadBytes : -1;
}

/** What has to be made at a path where nothing will be, whatever stands there now. */
export function inspectNew(path: string, shape: Shape, about: Inspection): Awaitable<FoundEntry> {
  return judge(path, shape, { type: "absent" }, about);
}

function judge(path: string, shape: Shape, sight: Sight, about: Inspection): Awaitable<FoundEntry> {
  if (shape.type === "absent") return judgeAbsent(path, sight, about);
  if (sight.type === "absent") return judgeMissing(path, shape, sight, about);
  switch (shape.type) {
    case "presence":
      if (sight.type === "file") return judgeAttributes(path, sight, about);
      if (sight.type === "symlink") return judgePresentLink(path, sight, about);
      break;
    case "file":
      if (sight.type === "file") return judgeContent(path, shape, sight, about);
      break;
    case "directory":
      if (sight.type === "directory") return judgeAttributes(path, sight, about);
      break;
    case "link":
      if (sight.type === "symlink" && sight.target === shape.target) {
        return judgeAttributes(path, sight, about);
      }
      break;
  }
  return replace(path, shape, sight, about);
}

function judgeAbsent(
  path: string,
  sight: Sight,
  { params, context }: Inspection,
): Awaitable<FoundEntry> {
  if (sight.type === "absent") return AS_IT_SHOULD_BE;
  const reason = `${nounOf(sight)} is there and should not be`;
  const step: FileStep = { do: "remove", path, seen: sight, tree: params.force };
  const found: FoundEntry = ok({ path, reason, steps: [step] });
  if (sight.type !== "directory" || params.force) return found;
  return chainOk(context.host.files.list(path, context.signal), ({ entries, unnameable }) => {
    const count = entries.length + unnameable.length;
    if (count === 0) return found;
    return fail(`cannot remove ${path}: it is a directory with ${count} entries`, {
      code: "wrong-type",
      hint: "set force: true to remove it with everything in it",
    });
  });
}

function judgeMissing(
  path: string,
  shape: Shape,
  sight: Extract<Sight, { type: "absent" }>,
  about: Inspection,
): FoundEntry {
  const { nearestParent, obstacle } = sight;
  const parentComes = about.parentIsMade || about.context.comes(parentOf(path));
  if (obstacle !== undefined && !parentComes) {
    return fail(`cannot make ${path}: ${obstacle} is in the way and is not a directory`, {
      code: "parent-missing",
      needs: [parentOf(path)],
    });
  }
  if (nearestParent !== undefined && !parentComes) {
    return fail(
      `cannot make ${path}: the directory ${
        parentOf(path)
      } is missing; the nearest that exists is ${nearestParent}`,
      {
        code: "parent-missing",
        needs: [parentOf(path)],
        hint: `add a file resource with path ${parentOf(path)}/ and an edge from it to this one`,
      },
    );
  }
  const step = makeStep(path, shape, sight, about);
  return ok({
    path,
    reason: "does not exist",
    steps: [step],
    ...differenceFrom(shape, sight, step, about),
  });
}

/** Owner, group and mode only. */
function judgeAttributes(
  path: string,
  sight: Exclude<Sight, { type: "absent" }>,
  { wanted }: Inspection,
): FoundEntry {
  const { attributes, words } = attributeDrift(wanted, sight.stat);
  if (words.length === 0) return AS_IT_SHOULD_BE;
  const step: FileStep = { do: "attributes", path, seen: sight, attributes };
  return ok({ path, reason: words.join(", "), steps: [step] });
}

/** A link is something that exists; what it points to is not this resource's business. */
function judgePresentLink(
  path: string,
  sight: Extract<Sight, { type: "symlink" }>,
  about: Inspection,
): FoundEntry {
  if (about.wanted.mode !== undefined) {
    return fail(`${path} is a symbolic link to ${sight.target}, which has no mode of its own`, {
      code: "wrong-type",
      hint: "name the path it points to, or give content to have a file in its place",
    });
  }
  return judgeAttributes(path, sight, about);
}

function judgeContent(
  path: string,
  shape: Extract<Shape, { type: "file" }>,
  sight: Extract<Sight, { type: "file" }>,
  about: Inspection,
): Awaitable<FoundEntry> {
  if (shape.isRight !== undefined) {
    return sight.content !== undefined && shape.isRight(sight.content)
      ? judgeAttributes(path, sight, about)
      : ok(otherContent(path, shape, sight, about));
  }
  if (sizeOf(sight) !== shape.size) return ok(otherContent(path, shape, sight, about));
  return chain(sameContent(path, shape, sight, about), (same) => {
    if (!same.ok) return same;
    return same.value
      ? judgeAttributes(path, sight, about)
      : ok(otherContent(path, shape, sight, about));
  });
}

/** Files of /proc and /sys say a size that is not that of their content. */
function sizeOf({ content, stat }: Extract<Sight, { type: "file" }>): number {
  return content?.length ?? stat.size;
}

function sameContent(
  path: string,
  { content }: Extract<Shape, { type: "file" }>,
  sight: Extract<Sight, { type: "file" }>,
  { context }: Inspection,
): Awaitable<Result<boolean>> {
  if (sight.content !== undefined && content instanceof Uint8Array) {
    return ok(sameBytes(sight.content, content));
  }
  return context.host.files.equals(path, content, context.signal);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function otherContent(
  path: string,
  shape: Extract<Shape, { type: "file" }>,
  sight: Extract<Sight, { type: "file" }>,
  about: Inspection,
): Finding {
  const size = sizeOf(sight);
  const sizes = size === shape.size ? `${size} bytes` : `${size} → ${shape.size} bytes`;
  const { attributes, words } = attributeDrift(about.wanted, sight.stat);
  const differs = about.params.sensitive ? "content differs" : `content differs (${sizes})`;
  const reason = [differs, ...words].join(", ");
  const step: FileStep = { do: "file", path, content: shape.content, seen: sight, attributes };
  return { path, reason, steps: [step], ...differenceFrom(shape, sight, step, about) };
}

/** Something of another type stands there, or a link that points elsewhere. */
function replace(path: string, shape: Shape, sight: Sight, about: Inspection): FoundEntry {
  const easy = sight.type === "symlink" || (sight.type === "file" && shape.type === "link");
  const is = nounOf(sight);
  const should = shouldBe(shape);
  if (shape.type === "directory" && sight.type === "symlink" && isBare(about.params)) {
    return AS_IT_SHOULD_BE;
  }
  if ((!easy || shape.type === "directory") && !about.params.force) {
    const hint = sight.type === "directory" && about.params.type === "presence"
      ? "end the path with / if it should be a directory, or set force: true to replace it"
      : "set force: true to replace it";
    return fail(`${path} is ${is}, not ${should}`, { code: "wrong-type", hint });
  }
  if (sight.type === "directory" && isSystemPath(path)) {
    return fail(`${path} cannot be replaced by ${should}: the system lives from it`, {
      code: "wrong-type",
    });
  }
  const reason = sight.type === "symlink" && shape.type === "link"
    ? `points to ${sight.target}, not to ${shape.target}`
    : `is ${is}, not ${should}`;
  // A directory cannot be replaced in one step, and nothing can be by a directory.
  const first = sight.type === "directory" || shape.type === "directory";
  const step = makeStep(path, shape, first ? { type: "absent" } : sight, about);
  const steps: FileStep[] = first
    ? [{ do: "remove", path, seen: sight, tree: true }, step]
    : [step];
  return ok({ path, reason, steps, ...differenceFrom(shape, sight, step, about) });
}

/** A directory of which nothing but its presence is asked. */
function isBare({ source, recurse, purge, mode, owner, group }: FileParams): boolean {
  return source === undefined && !recurse && !purge && mode === undefined &&
    owner === undefined && group === undefined;
}

function makeStep(
  path: string,
  shape: Shape,
  seen: Sight,
  { wanted, params }: Inspection,
): FileStep {
  const what = shape.type === "directory" || shape.type === "link"
    ? shape.type
    : params.sensitive
    ? "secret"
    : "file";
  const attributes = attributesOfNew(wanted, what);
  switch (shape.type) {
    case "directory":
      return { do: "directory", path, attributes };
    case "link":
      return { do: "link", path, target: shape.target, seen, attributes };
    case "file":
      return { do: "file", path, content: shape.content, seen, attributes };
    case "presence":
      return { do: "file", path, content: new Uint8Array(), seen, attributes };
    case "absent":
      return { do: "remove", path, seen, tree: false };
  }
}

function differenceFrom(
  shape: Shape,
  seen: Sight,
  step: FileStep,
  { params }: Inspection,
): Pick<Finding, "difference"> {
  if (shape.type !== "file" || step.do !== "file") return {};
  const { content, size } = shape;
  return showing({
    seen,
    content,
    size,
    hidden: hiddenOf(params.sensitive, seen, step.attributes),
  });
}

function nounOf(sight: Exclude<Sight, { type: "absent" }> | Sight): string {
  switch (sight.type) {
    case "absent":
      return "nothing";
    case "file":
      return "a file";
    case "directory":
      return "a directory";
    case "symlink":
      return `a symbolic link to ${sight.target}`;
    case "other":
      return sight.what;
  }
}

function shouldBe(shape: Shape): string {
  if (shape.type === "link") return `a symbolic link to ${shape.target}`;
  return shape.type === "directory" ? "a directory" : "a file";
}
