/**
 * The kind `file`: files, directories, trees and symbolic links.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import type { Awaitable, Failure } from "../../base/result.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import { defineKind, drift } from "../../kind/kind.ts";
import type { Drift, KindContext, WatchContext } from "../../kind/kind.ts";
import { LinkedFiles } from "../../kind/linked_files.ts";
import { claimsOf, placesOf } from "./claims.ts";
import { emptinessDoubt } from "./doubt.ts";
import { FILE_EXAMPLES } from "./examples.ts";
import { FILE_FIELDS } from "./fields.ts";
import type { FileFields } from "./fields.ts";
import { inspect } from "./check.ts";
import { foreseeSteps } from "./foresee.ts";
import type { Inspection, Shape } from "./check.ts";
import { isTree, resolveFile } from "./params.ts";
import { offerIssue, receiveFile } from "./receive.ts";
import type { FileParams } from "./params.ts";
import { takeSteps } from "./apply.ts";
import type { FileStep, Finding } from "./apply.ts";
import { shapeOfSource } from "./source.ts";
import { tiesOf } from "./ties.ts";
import { inspectTree } from "./tree.ts";
import { wantedOf } from "./wanted.ts";

type Plan = readonly FileStep[];

/** The content as bytes, made once. */
interface FileMemory {
  bytes?: Uint8Array;
  /** Entries whose names are no UTF-8 were spoken of. */
  warned?: boolean;
  /** Hears of what is written through other names. */
  linked?: LinkedFiles;
  /** Hears of changes in a source of another resource, too. */
  follow?: (source: string) => void;
}

const encoder = new TextEncoder();

/** A file, directory, tree or symbolic link. */
export default defineKind<FileFields, FileParams, Plan, FileMemory>({
  kind: "file",
  summary: "a file, a directory, a tree of them, or a symbolic link",
  fields: FILE_FIELDS,
  emptyIsUnset: true,
  examples: FILE_EXAMPLES,
  resolve: resolveFile,
  identity: ({ path }) => path,
  receive: receiveFile,
  offers: offerIssue,
  doubts: emptinessDoubt,
  claims: claimsOf,
  expects: placesOf,
  controls: ({ path, type }) => type === "presence" ? [] : [{ subject: path, part: false }],
  relations: tiesOf,
  memory: () => ({}),
  check,
  // Whoever takes the steps hears of it from the kernel, and heals without asking first.
  refuses: (plan, params, context) =>
    context.noop ? foreseeSteps(plan, params, context) : undefined,
  apply: (plan, params, context) => takeSteps(plan, params, context),
  watch,
  heals: true,
  changesHost: false,
  preview: "full",
});

function check(
  params: FileParams,
  pass: KindContext<FileMemory>,
): Awaitable<Drift<Plan> | Failure | undefined> {
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
): Awaitable<Drift<Plan> | Failure | undefined> {
  return chain(wantedOf(params, context), (wanted) => {
    if (!wanted.ok) return wanted.failure;
    const about: Inspection = { params, wanted: wanted.value, context };
    if (isTree(params)) return checkTree(about, context);
    return chain(shapeOf(params, context), (shape) => {
      if ("failure" in shape) return shape.failure;
      return chain(inspect(params.path, shape.shape, about), (found) => {
        if (!found.ok) return found.failure;
        return found.value === undefined ? undefined : driftOf([found.value], params);
      });
    });
  });
}

function shapeOf(
  params: FileParams,
  context: KindContext<FileMemory>,
): Awaitable<{ readonly shape: Shape } | { readonly failure: Failure }> {
  switch (params.type) {
    case "presence":
    case "directory":
    case "absent":
      return { shape: { type: params.type } };
    case "link":
      return { shape: { type: "link", target: params.target ?? "" } };
    case "content": {
      const bytes = contentOf(params, context.memory);
      return { shape: { type: "file", content: bytes, size: bytes.length } };
    }
    case "source":
      return chain(
        shapeOfSource(params.source ?? "", params.maxBytes ?? LIMITS.sourceBytes, context),
        (shape) => shape.ok ? { shape: shape.value } : { failure: shape.failure },
      );
  }
}

function contentOf({ content }: FileParams, memory: FileMemory): Uint8Array {
  if (content instanceof Uint8Array) return content;
  memory.bytes ??= encoder.encode(content);
  return memory.bytes;
}

async function checkTree(
  about: Inspection,
  context: KindContext<FileMemory>,
): Promise<Drift<Plan> | Failure | undefined> {
  const { params } = about;
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

function driftOf(findings: readonly Finding[], { path }: FileParams): Drift<Plan> {
  const steps = findings.flatMap((finding) => finding.steps);
  const [first] = findings;
  if (findings.length === 1 && first !== undefined && first.path === path) {
    const { difference } = first;
    return drift(first.reason, steps, difference === undefined ? {} : { difference });
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

function watch(params: FileParams, { host, changed, memory }: WatchContext<FileMemory>): Watch {
  const { path, source } = params;
  const tree = isTree(params);
  const watches = new Map<string, Watch>();
  const hear = (each: string, follow: boolean) => {
    if (watches.has(each)) return;
    watches.set(each, host.watcher.watch({ path: each, tree, follow, changed }));
  };
  hear(path, false);
  if (source !== undefined && params.type !== "absent") hear(source, true);
  memory.follow = (each) => hear(each, true);
  const linked = memory.linked = new LinkedFiles({ host, changed });
  return {
    close: () => {
      delete memory.follow;
      delete memory.linked;
      linked.close();
      for (const each of watches.values()) each.close();
    },
  };
}
