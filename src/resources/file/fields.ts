/**
 * The fields of a file resource.
 *
 * @module
 */

import { enum as oneOf, instanceof as instanceOf, maxLength, string, union } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag, withoutNul } from "../shared/field_parts.ts";
import {
  OWNERSHIP_FIELDS,
  SENSITIVE_DEFAULT,
  SIZE_FIELD,
  WRITE_FIELDS,
} from "../shared/files/common_fields.ts";

const text = string().check(
  maxLength(4096),
  withoutNul,
);
export const FILE_FIELDS = defineFields({
  path: {
    type: text,
    typeText: "an absolute path",
    summary: "what is managed; a / at the end means a directory",
    defaultText: "the name, if that is absolute",
  },
  dirname: {
    type: text,
    typeText: "an absolute path",
    summary: "with basename, instead of path: the directory",
  },
  basename: {
    type: text,
    typeText: "text",
    summary: "with dirname, instead of path: the rest of it",
  },
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether it should be there; a directory that is not empty goes only with force",
    defaultText: "exists",
  },
  content: {
    type: union([string(), instanceOf(Uint8Array)]),
    typeText: "text, or bytes with !!binary",
    programText: "text",
    summary: "the whole content; without content and source only the presence counts",
    emptyCounts: true,
    secret: "sensitive",
  },
  source: {
    type: text,
    typeText: "a path, relative to the graph file",
    summary:
      "a file to copy the content from, not its owner and mode; for a directory a tree: what is directly in it, with recurse all",
  },
  fragments: {
    type: text,
    typeText: "a path, relative to the graph file",
    summary:
      "a directory whose files, joined in the order of their names, are the content; not those whose names begin with a dot or end with ~",
  },
  keep_modes: {
    ...flag,
    summary: "the permissions come from source, too; in a tree each entry has its own",
  },
  max_size: {
    ...SIZE_FIELD,
    summary: "how much is copied from source at most, of a tree in all; with more nothing is",
    defaultText: "1G",
  },
  target: {
    type: text,
    typeText: "a path",
    summary: "makes it a symbolic link to there",
  },
  ...OWNERSHIP_FIELDS,
  if_exists: {
    ...flag,
    summary: "only what is there is managed, and nothing made: what a package brings, for instance",
  },
  recurse: {
    ...flag,
    summary: "owner, group, mode, source and purge are for everything below the directory too",
  },
  purge: {
    ...flag,
    summary:
      "remove what neither source nor other resources account for; directories only with recurse",
  },
  force: {
    ...flag,
    summary: "replace a directory, FIFO, socket or device; remove a directory that is not empty",
  },
  ...WRITE_FIELDS,
  sensitive: {
    ...flag,
    summary: "never show the content; a new file gets mode 0600 unless mode says otherwise",
    defaultText: SENSITIVE_DEFAULT,
  },
});

/** What a graph file says of one file. */
export type FileFields = FieldsOf<typeof FILE_FIELDS>;
