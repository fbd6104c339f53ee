/**
 * Looking at the file of a line resource: what it should hold instead of what it holds.
 *
 * @module
 */

import { chain, chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Failure, Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import type { LinkedFiles } from "../../kind/linked_files.ts";
import { showing } from "../shared/files/difference.ts";
import { parentOf } from "../shared/files/path.ts";
import { judgedBy } from "../shared/files/validate.ts";
import { hiddenOf } from "../shared/files/private.ts";
import { editLines } from "./edit.ts";
import type { LineParams } from "./params.ts";
import { joinLines, splitLines } from "./text.ts";

/** A change that the file needs. */
export interface LineChange {
  readonly seen: Sight;
  readonly reason: string;
  /** Undefined where the file is not there and will be made by another resource. */
  readonly content: Uint8Array<ArrayBuffer> | undefined;
}

/** What a line remembers between passes. */
export interface LineMemory {
  /** Hears of what is written through other names. */
  linked?: LinkedFiles;
  /** What the last apply wrote, and over what. */
  written?: { readonly path: string; readonly seen: Sight; readonly content: Uint8Array };
}

const EMPTY = new Uint8Array();

/** Compares the file with what it should hold. */
export function check(
  params: LineParams,
  pass: KindContext<LineMemory>,
): Awaitable<Drift<Sight> | Failure | undefined> {
  const context = pass.memory.linked?.context(pass) ?? pass;
  return chain(findChange(params, context), (found) => {
    if (!found.ok) return found.failure;
    if (found.value === undefined) return undefined;
    const { seen, content, reason } = found.value;
    if (content === undefined) return drift(reason, seen);
    const hidden = hiddenOf(params.sensitive, seen);
    const shown = showing({ seen, content, size: content.length, hidden });
    return drift(reason, seen, { ...shown, ...judgedBy(params.validate) });
  });
}

/** What has to change now; undefined: nothing. */
export function findChange(
  params: LineParams,
  context: KindContext,
): Awaitable<Result<LineChange | undefined>> {
  const { host, signal } = context;
  const seen = host.files.look(params.path, { contentUpToBytes: LIMITS.lineFileBytes, signal });
  return chainOk(seen, (sight) => judge(params, sight, context));
}

function judge(
  params: LineParams,
  seen: Sight,
  context: KindContext,
): Result<LineChange | undefined> {
  const { path } = params;
  switch (seen.type) {
    case "absent":
      return params.absent ? ok(undefined) : judgeMissing(params, seen, context);
    case "file":
      return judgeFile(params, seen, seen.content);
    case "symlink":
      return wrongType(path, `a symbolic link to ${seen.target}`, "name the path it points to");
    case "directory":
      return wrongType(path, "a directory", "name a file in it");
    case "other":
      return wrongType(path, seen.what, "lines are managed in regular files only");
  }
}

function wrongType(path: string, is: string, hint: string): Result<never> {
  return fail(`${path} is ${is}, not a file`, { code: "wrong-type", hint });
}

function judgeMissing(
  params: LineParams,
  seen: Extract<Sight, { type: "absent" }>,
  { comes }: KindContext,
): Result<LineChange | undefined> {
  const { path, create } = params;
  if (!create) {
    if (comes(path)) {
      return ok({ seen, reason: `${path} is still to be made`, content: undefined });
    }
    return fail(`${path} does not exist`, {
      code: "no-file",
      needs: [path],
      hint: "set create: true, or make it with a file resource and an edge from that to this one",
    });
  }
  const edit = editLines([], params);
  if (!edit.ok) return edit;
  const content = joinLines({ mark: EMPTY, lines: edit.value?.lines ?? [] });
  if (seen.nearestParent === undefined || comes(parentOf(path))) {
    return ok({ seen, reason: `${path} does not exist`, content });
  }
  return fail(
    `cannot make ${path}: the directory ${parentOf(path)} is missing; the nearest that exists is ` +
      seen.nearestParent,
    {
      code: "parent-missing",
      hint: `add a file resource with path ${parentOf(path)}/ and an edge from it to this one`,
    },
  );
}

function judgeFile(
  params: LineParams,
  seen: Extract<Sight, { type: "file" }>,
  content: Uint8Array | undefined,
): Result<LineChange | undefined> {
  const { path } = params;
  if (content === undefined) {
    return fail(
      `${path} has ${seen.stat.size} bytes; lines are managed in files of at most ` +
        `${LIMITS.lineFileBytes}`,
      { code: "too-large", hint: "manage the whole file with a file resource" },
    );
  }
  const zero = content.indexOf(0);
  if (zero >= 0) {
    return fail(`${path} is no text: byte ${zero} is 0`, {
      code: "binary",
      hint: "it may be binary, or a text in UTF-16; lines are managed in other texts only",
    });
  }
  const { mark, lines } = splitLines(content);
  const edit = editLines(lines, params);
  if (!edit.ok || edit.value === undefined) return edit.ok ? ok(undefined) : edit;
  const { reason } = edit.value;
  return ok({ seen, reason, content: joinLines({ mark, lines: edit.value.lines }) });
}
