/**
 * Where content and trees come from.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import type { KindContext } from "../../kind/kind.ts";
import { joinPath } from "../shared/files/path.ts";
import { lookAtSource } from "../shared/files/source.ts";
import type { Inspection, Shape } from "./entry.ts";
import type { FileParams } from "./params.ts";
import { tooLarge } from "../shared/files/size.ts";

/** One entry of a source tree: its path below the root, and what should stand there. */
export interface SourceEntry {
  readonly below: string;
  /** Undefined: its name is not UTF-8, so that it cannot be copied. */
  readonly shape: Shape | undefined;
}

/** The shape that one source file gives to its copy. */
export function shapeOfSource(
  source: string,
  maxBytes: number,
  context: KindContext,
): Awaitable<Result<Shape>> {
  return chainOk(lookAtSource(source, context), ({ path, sight }) => {
    if (sight.type === "file") return upTo(maxBytes, path, shapeOfFile(path, sight));
    if (sight.type === "absent") return sourceMissing(source);
    if (sight.type === "directory") {
      return fail(`the source ${source} is a directory`, {
        code: "source",
        hint: "end the path of the resource with / to copy what is in it",
      });
    }
    const what = sight.type === "other" ? sight.what : "a link";
    return fail(`the source ${source} is ${what}, neither file nor directory`, { code: "source" });
  });
}

function shapeOfFile(path: string, { content, stat }: Extract<Sight, { type: "file" }>): Shape {
  const bits = stat.mode & PERMISSIONS;
  // A small file is copied from memory, so that check and apply mean the same bytes.
  return content === undefined
    ? { type: "file", content: { copyOf: path }, size: stat.size, bits }
    : { type: "file", content, size: content.length, bits };
}

/** Without set-id bits and the like, which belong to an owner that is not copied. */
const PERMISSIONS = 0o777;

/** The inspection of what is copied from somewhere, with the permissions of there where they are kept. */
export function keptMode(about: Inspection, shape: Shape): Inspection {
  const bits = shape.type === "file" || shape.type === "directory" ? shape.bits : undefined;
  if (!about.params.keepModes || bits === undefined) return about;
  return { ...about, wanted: { ...about.wanted, mode: { type: "octal", bits } } };
}

/** The shape that a directory of a source gives to its copy. */
async function directoryShape(path: string, context: KindContext): Promise<Result<Shape>> {
  const seen = await context.host.files.look(path, { signal: context.signal });
  if (!seen.ok) return seen;
  const { value } = seen;
  return ok(
    value.type === "directory"
      ? { type: "directory", bits: value.stat.mode & PERMISSIONS }
      : { type: "directory" },
  );
}

/** The shape that the top of a source tree gives to its copy. */
export function shapeOfRoot(source: string, context: KindContext): Awaitable<Result<Shape>> {
  return chainOk(lookAtSource(source, context), ({ path }) => directoryShape(path, context));
}

/** The same shape, of which no more is copied, also where the source has grown by then. */
function upTo(maxBytes: number, path: string, shape: Shape): Result<Shape> {
  if (shape.type !== "file" || shape.content instanceof Uint8Array) return ok(shape);
  if (shape.size > maxBytes) {
    return { ok: false, failure: tooLarge(`${path} has ${shape.size} bytes`, maxBytes) };
  }
  return ok({ ...shape, content: { ...shape.content, maxBytes } });
}

function sourceMissing(source: string): Result<never> {
  return fail(`the source ${source} does not exist`, {
    code: "source",
    hint: "a relative source is looked for beside the graph file",
  });
}

/**
 * The entries of a source tree, parents first: what is directly in it, or with `recurse` everything.
 * Without `recurse` its directories are left out. Links are copied as links.
 */
export async function* walkSource(
  source: string,
  params: Pick<FileParams, "recurse" | "maxBytes" | "keepModes">,
  context: KindContext,
): AsyncGenerator<Result<SourceEntry>> {
  const { maxBytes = LIMITS.sourceBytes } = params;
  const root = await lookAtSource(source, context);
  if (!root.ok) return yield root;
  if (root.value.sight.type === "absent") return yield sourceMissing(source);
  if (root.value.sight.type !== "directory") {
    return yield fail(`the source ${source} is not a directory`, {
      code: "source",
      hint: "the path of the resource ends with /, so its source must be a directory",
    });
  }
  let left = maxBytes;
  for await (const entry of walkBelow(root.value.path, "", params, context)) {
    if (!entry.ok) return yield entry;
    const { below, shape } = entry.value;
    if (shape === undefined) {
      yield entry;
      continue;
    }
    const limited = upTo(maxBytes, joinPath(source, below), shape);
    if (!limited.ok) return yield limited;
    if (shape.type === "file" && (left -= shape.size) < 0) {
      const failure = tooLarge(`what is in ${source} is too much together`, maxBytes);
      return yield { ok: false, failure };
    }
    yield ok({ below, shape: limited.value });
  }
}

/** Whether a source tree has something at a path below its root. */
export function isInSource(
  source: string,
  below: string,
  context: KindContext,
): Awaitable<Result<boolean>> {
  return chainOk(lookAtSource(source, context), ({ path, sight }) => {
    if (sight.type === "absent") return sourceMissing(source);
    const seen = context.host.files.look(joinPath(path, below), { signal: context.signal });
    return chainOk(seen, (entry) => ok(entry.type !== "absent"));
  });
}

async function* walkBelow(
  directory: string,
  below: string,
  how: Pick<FileParams, "recurse" | "keepModes">,
  context: KindContext,
): AsyncGenerator<Result<SourceEntry>> {
  const { files } = context.host;
  const listed = await files.list(directory, context.signal);
  if (!listed.ok) return yield listed;
  for (const { shown } of listed.value.unnameable) {
    yield ok({ below: below === "" ? shown : `${below}/${shown}`, shape: undefined });
  }
  for (const { name, type } of listed.value.entries) {
    if (files.isTemporary(name) !== undefined) continue;
    const path = joinPath(directory, name);
    const entry = below === "" ? name : `${below}/${name}`;
    if (type === "directory") {
      if (!how.recurse) continue;
      const shape = how.keepModes
        ? await directoryShape(path, context)
        : ok<Shape>({ type: "directory" });
      yield shape.ok ? ok({ below: entry, shape: shape.value }) : shape;
      yield* walkBelow(path, entry, how, context);
      continue;
    }
    const shape = await entryShape(path, context);
    if (!shape.ok) yield shape;
    else if (shape.value !== undefined) yield ok({ below: entry, shape: shape.value });
  }
}

/** Undefined for what was removed since it was listed. */
async function entryShape(path: string, context: KindContext): Promise<Result<Shape | undefined>> {
  const options = { contentUpToBytes: LIMITS.syncReadBytes, signal: context.signal };
  const seen = await context.host.files.look(path, options);
  if (!seen.ok) return seen;
  const sight = seen.value;
  if (sight.type === "file") return ok(shapeOfFile(path, sight));
  if (sight.type === "symlink") return ok({ type: "link", target: sight.target });
  if (sight.type === "other") {
    return fail(`${path} in the source is ${sight.what}, which cannot be copied`);
  }
  return ok(undefined);
}
