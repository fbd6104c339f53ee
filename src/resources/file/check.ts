/**
 * Looking at the entry or the tree of a file resource.
 *
 * @module
 */

import { type Awaitable, type Failure, ok, type Result } from "../../base/result.ts";
import { LIMITS } from "../../base/limits.ts";
import { chain, chainOk } from "../../base/chain.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import type { LinkedFiles } from "../../kind/linked_files.ts";
import type { FileStep, Finding } from "./apply.ts";
import { wantedOf } from "../shared/files/attributes.ts";
import { inspect, type Inspection, type Shape } from "./entry.ts";
import { type FileParams, isTree } from "./params.ts";
import { headedShape } from "./header/headed_shape.ts";
import { keptMode, shapeOfSource } from "./source.ts";
import { judgedBy } from "../shared/files/validate.ts";

/** All that is to be done, in this order. */
export type FilePlan = readonly FileStep[];

/** What a file remembers between passes. */
export interface FileMemory {
  /** The content, made once, and what it was made of. */
  bytes?: Uint8Array;
  bytesOf?: string;
  /** Entries whose names are no UTF-8 were spoken of. */
  warned?: boolean;
  /** Hears of what is written through other names. */
  linked?: LinkedFiles;
  /** Hears of changes in a source of another resource, too. */
  follow?: (source: string) => void;
}

const encoder = new TextEncoder();

/** Compares what is there with what should be. */
export function check(
  params: FileParams,
  pass: KindContext<FileMemory>,
): Awaitable<Drift<FilePlan> | Failure | undefined> {
  const context = pass.memory.linked?.context(pass) ?? pass;
  if (!params.ifExists) return compare(params, context);
  return chain(context.host.files.look(params.path, { signal: context.signal }), (seen) => {
    if (!seen.ok) return seen.failure;
    return seen.value.type === "absent" ? undefined : compare(params, context);
  });
}

function compare(
  params: FileParams,
  context: KindContext<FileMemory>,
): Awaitable<Drift<FilePlan> | Failure | undefined> {
  return chain(wantedOf(params, context), (wanted) => {
    if (!wanted.ok) return wanted.failure;
    const about: Inspection = { params, wanted: wanted.value, context };
    if (isTree(params)) return checkTree(about, context);
    return chain(wholeShape(params, context), (shape) => {
      if (!shape.ok) return shape.failure;
      const mine = keptMode(about, shape.value);
      return chain(inspect(params.path, shape.value, mine), (found) => {
        if (!found.ok) return found.failure;
        return found.value === undefined ? undefined : driftOf([found.value], params);
      });
    });
  });
}

function wholeShape(
  params: FileParams,
  context: KindContext<FileMemory>,
): Awaitable<Result<Shape>> {
  const shape = shapeOf(params, context);
  if (params.header === undefined) return shape;
  return chainOk(shape, (bare) => headedShape(params, bare, context));
}

function shapeOf(
  params: FileParams,
  context: KindContext<FileMemory>,
): Awaitable<Result<Shape>> {
  switch (params.type) {
    case "presence":
    case "directory":
    case "absent":
      return ok({ type: params.type });
    case "link":
      return ok({ type: "link", target: params.target ?? "" });
    case "content": {
      const bytes = contentOf(params, context.memory);
      return ok({ type: "file", content: bytes, size: bytes.length });
    }
    case "fragments":
      return fragmentsShape(params.source ?? "", context);
    case "source":
      return shapeOfSource(params.source ?? "", params.maxBytes ?? LIMITS.sourceBytes, context);
  }
}

async function fragmentsShape(
  directory: string,
  context: KindContext<FileMemory>,
): Promise<Result<Shape>> {
  const { shapeOfFragments } = await import("./fragments.ts");
  return await shapeOfFragments(directory, context);
}

function contentOf({ content }: FileParams, memory: FileMemory): Uint8Array {
  if (content instanceof Uint8Array) return content;
  if (memory.bytes === undefined || memory.bytesOf !== content) {
    memory.bytes = encoder.encode(content);
    memory.bytesOf = content ?? "";
  }
  return memory.bytes;
}

async function checkTree(
  about: Inspection,
  context: KindContext<FileMemory>,
): Promise<Drift<FilePlan> | Failure | undefined> {
  const { params } = about;
  // Most files are single ones.
  const { inspectTree } = await import("./tree.ts");
  const found = await inspectTree(about, {
    follow: (source) => context.memory.follow?.(source),
    nameless: (paths) => warnOfNameless(paths, context),
  });
  if (!found.ok) return found.failure;
  return found.value.length === 0 ? undefined : driftOf(found.value, params);
}

/** Says it once. */
function warnOfNameless(paths: readonly string[], context: KindContext<FileMemory>): void {
  if (context.memory.warned) return;
  context.memory.warned = true;
  context.warn(
    `names that are not UTF-8: these are not copied, and get no owner and mode: ` +
      firstOf(paths, SHOWN, (path) => path, andMore).join(", "),
  );
}

function driftOf(findings: readonly Finding[], { path, validate }: FileParams): Drift<FilePlan> {
  const steps = findings.flatMap((finding) => finding.steps);
  const [first] = findings;
  const more = steps.some((step) => step.do === "file") ? judgedBy(validate) : {};
  if (findings.length === 1 && first !== undefined && first.path === path) {
    const { difference } = first;
    return drift(first.reason, steps, difference === undefined ? more : { difference, ...more });
  }
  const line = (finding: Finding) => `${finding.path}: ${finding.reason}`;
  const summary = firstOf(findings, SHOWN, line, andMore).join("; ");
  const difference = () => firstOf(findings, LIMITS.diffLines, line, (rest) => `(${rest} more)`);
  return drift(summary, steps, { difference });
}

const SHOWN = 3;
const andMore = (rest: number) => `and ${rest} more`;

/** The first of these, and how many there are more. */
function firstOf<T>(
  all: readonly T[],
  count: number,
  line: (each: T) => string,
  more: (rest: number) => string,
): readonly string[] {
  const lines = all.slice(0, count).map(line);
  return all.length > count ? [...lines, more(all.length - count)] : lines;
}
