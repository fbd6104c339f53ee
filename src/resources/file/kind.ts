/**
 * The kind `file`: files, directories, trees and symbolic links.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import { takeSteps } from "./apply.ts";
import { check, type FileMemory, type FilePlan } from "./check.ts";
import { claimsOf, placesOf } from "./claims.ts";
import { emptinessDoubt } from "./doubt.ts";
import { FILE_EXAMPLES } from "./examples.ts";
import { FILE_FIELDS } from "./fields.ts";
import type { FileFields } from "./fields.ts";
import { resolveFile } from "./params.ts";
import type { FileParams } from "./params.ts";
import { offerIssue, receiveFile } from "./receive.ts";
import { foreseeSteps } from "./refusal.ts";
import { relationsOf } from "./relations.ts";
import { FILE_UNDO } from "./undo.ts";
import { watch } from "./watch.ts";

/** A file, directory, tree or symbolic link. */
export default defineKind<FileFields, FileParams, FilePlan, FileMemory>({
  kind: "file",
  summary: "a file, a directory, a tree of them, or a symbolic link",
  fields: FILE_FIELDS,
  otherFields: { symlink: "write target: PATH" },
  emptyIsUnset: true,
  headed: true,
  examples: FILE_EXAMPLES,
  resolve: resolveFile,
  identity: ({ path }) => path,
  remains: ({ path, type }) => type === "absent" ? undefined : { at: "path", paths: [path] },
  receive: receiveFile,
  offers: offerIssue,
  doubts: emptinessDoubt,
  claims: claimsOf,
  expects: placesOf,
  controls: ({ path, type }) => type === "presence" ? [] : [{ subject: path, part: false }],
  relations: relationsOf,
  memory: () => ({}),
  check,
  // Whoever takes the steps hears of it from the kernel, and heals without asking first.
  refuses: (plan, params, context) =>
    context.noop ? foreseeSteps(plan, params, context) : undefined,
  apply: (plan, params, context) => takeSteps(plan, params, context),
  undo: FILE_UNDO,
  watch,
  heals: true,
  changesHost: false,
  preview: "full",
});
