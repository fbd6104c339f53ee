/**
 * The fields of a clone of git.
 *
 * @module
 */

import { maxLength, minLength, record, refine, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { LONGEST_COMMAND, withoutNul } from "../shared/field_parts.ts";

const text = string().check(minLength(1), maxLength(4096), withoutNul);
const variable = string().check(
  maxLength(256),
  refine((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name), "is no name for an environment variable"),
);

export const GIT_FIELDS = defineFields({
  path: {
    type: text,
    typeText: "an absolute path",
    summary: "the directory of the clone",
    defaultText: "the name, if that is absolute",
  },
  url: {
    type: text,
    typeText: "a URL (https, http, ssh, git, file), HOST:PATH, or an absolute path",
    summary: "where it comes from; asked only for a commit that is not there yet",
    required: true,
    secret: { instead: "URLs are shown; put what lets in into env" },
  },
  ref: {
    type: text,
    typeText: "a commit (40 or 64 hexadecimal digits), or the name of a tag",
    summary: "what is checked out; a branch is not taken, since it moves",
    required: true,
  },
  env: {
    type: record(variable, string().check(maxLength(LONGEST_COMMAND), withoutNul)),
    typeText: "a map of texts",
    summary:
      "variables of git besides the agent's, such as GIT_SSH_COMMAND or GIT_SSL_CAINFO; never shown",
    secret: "given",
  },
});

/** What a graph file says of one clone. */
export type GitFields = FieldsOf<typeof GIT_FIELDS>;
