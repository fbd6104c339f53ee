/**
 * Looking at the file that a resource has a part of: what it should hold instead of what it holds.
 *
 * @module
 */

import { chain, chainOk } from "../../../base/chain.ts";
import { LIMITS } from "../../../base/limits.ts";
import { fail, ok } from "../../../base/result.ts";
import type { Awaitable, Failure, Result } from "../../../base/result.ts";
import type { Sight } from "../../../os/files/files.ts";
import { type Drift, drift, type KindContext } from "../../../kind/kind.ts";
import type { LinkedFiles } from "../../../kind/linked_files.ts";
import { showing } from "../files/difference.ts";
import { parentOf } from "../files/path.ts";
import { lookAtRecent } from "../files/recent.ts";
import { judgedBy } from "../files/validate.ts";
import { hiddenOf } from "../files/private.ts";
import type { EditPart, PartParams } from "./part.ts";

/** A change that the file needs. */
export interface PartChange {
  readonly seen: Sight;
  readonly reason: string;
  /** Undefined where the file is not there and will be made by another resource. */
  readonly content: Uint8Array<ArrayBuffer> | undefined;
}

/** What a part remembers between passes. */
export interface PartMemory {
  /** Hears of what is written through other names. */
  linked?: LinkedFiles;
  /** What the last apply wrote, and over what. */
  written?: { readonly path: string; readonly seen: Sight; readonly content: Uint8Array };
}

const EMPTY = new Uint8Array();

/** How the file of a resource is compared with what it should hold. */
export function checkWith<Params extends PartParams>(edit: EditPart<Params>) {
  return (
    params: Params,
    pass: KindContext<PartMemory>,
  ): Awaitable<Drift<Sight> | Failure | undefined> => {
    const context = pass.memory.linked?.context(pass) ?? pass;
    return chain(findChange(edit, params, context), (found) => {
      if (!found.ok) return found.failure;
      if (found.value === undefined) return undefined;
      const { seen, content, reason } = found.value;
      if (content === undefined) return drift(reason, seen);
      const hidden = hiddenOf(params.sensitive, seen);
      const shown = showing({ seen, content, size: content.length, hidden });
      return drift(reason, seen, { ...shown, ...judgedBy(params.validate) });
    });
  };
}

/** What has to change now; undefined: nothing. */
export function findChange<Params extends PartParams>(
  edit: EditPart<Params>,
  params: Params,
  context: KindContext,
): Awaitable<Result<PartChange | undefined>> {
  return chainOk(
    lookAtPart(params.path, context),
    (sight) => judgePart(edit, params, sight, context),
  );
}

/** Looks at a file with as much content as a part of it may be managed. */
export function lookAtPart(path: string, context: KindContext): Awaitable<Result<Sight>> {
  return lookAtRecent(path, LIMITS.lineFileBytes, context);
}

/** What has to change in a file that was looked at; undefined: nothing. */
export function judgePart<Params extends PartParams>(
  edit: EditPart<Params>,
  params: Params,
  seen: Sight,
  context: KindContext,
): Result<PartChange | undefined> {
  const { path } = params;
  switch (seen.type) {
    case "absent":
      return params.absent ? ok(undefined) : judgeMissing(edit, params, seen, context);
    case "file":
      return judgeFile(edit, params, seen);
    case "symlink":
      return wrongType(path, `a symbolic link to ${seen.target}`, "name the path it points to");
    case "directory":
      return wrongType(path, "a directory", "name a file in it");
    case "other":
      return wrongType(path, seen.what, "parts are managed of regular files only");
  }
}

function wrongType(path: string, is: string, hint: string): Result<never> {
  return fail(`${path} is ${is}, not a file`, { code: "wrong-type", hint });
}

function judgeMissing<Params extends PartParams>(
  edit: EditPart<Params>,
  params: Params,
  seen: Extract<Sight, { type: "absent" }>,
  { comes }: KindContext,
): Result<PartChange | undefined> {
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
  const made = edit(EMPTY, params);
  if (!made.ok) return made;
  const content = made.value?.content ?? EMPTY;
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

function judgeFile<Params extends PartParams>(
  edit: EditPart<Params>,
  params: Params,
  seen: Extract<Sight, { type: "file" }>,
): Result<PartChange | undefined> {
  const { path } = params;
  const { content } = seen;
  if (content === undefined) {
    return fail(
      `${path} has ${seen.stat.size} bytes; parts are managed of files of at most ` +
        `${LIMITS.lineFileBytes}`,
      { code: "too-large", hint: "manage the whole file with a file resource" },
    );
  }
  const zero = content.indexOf(0);
  if (zero >= 0) {
    return fail(`${path} is no text: byte ${zero} is 0`, {
      code: "binary",
      hint: "it may be binary, or a text in UTF-16; parts are managed of other texts only",
    });
  }
  const edited = edit(content, params);
  if (!edited.ok || edited.value === undefined) return edited.ok ? ok(undefined) : edited;
  // What would be changed again by the next look would be changed for ever.
  const again = edit(edited.value.content, params);
  if (again.ok && again.value === undefined) return ok({ seen, ...edited.value });
  return fail(`what would be written to ${path} would be changed again by the next run`, {
    code: "not-stable",
    hint: "the new text must not be what is looked for: see match, unless and which, or item",
  });
}
