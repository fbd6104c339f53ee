/**
 * The fields of a sudoers resource.
 *
 * @module
 */

import { array, enum as oneOf, maxLength, minLength, refine, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag, withoutNul } from "../shared/field_parts.ts";
import { SENSITIVE_DEFAULT } from "../shared/files/common_fields.ts";

const text = string().check(minLength(1), maxLength(4096), withoutNul);
const word = text.check(
  refine(
    (value) => /^[A-Za-z0-9_#@.+-]+\$?$/.test(value),
    "must be letters, digits and the signs _ . - + @ # only; what else sudo knows goes into content",
  ),
);
const line = text.check(refine((value) => !/[\r\n]/.test(value), "must be a single line"));

export const SUDOERS_FIELDS = defineFields({
  content: {
    type: string().check(maxLength(256 * 1024), withoutNul),
    typeText: "text",
    summary: "the whole file, in the language of sudoers; instead of the fields below",
    secret: "sensitive",
  },
  users: {
    type: array(word).check(minLength(1)),
    typeText: "a list of names",
    summary: "who may run the commands",
  },
  groups: {
    type: array(word).check(minLength(1)),
    typeText: "a list of names",
    summary: "groups whose members may, too",
  },
  commands: {
    type: array(line).check(minLength(1)),
    typeText: "a list of texts",
    summary:
      "what they may run: an absolute path, maybe with arguments, as sudoers has them (* and ? are patterns; commas are escaped)",
    defaultText: "ALL",
    secret: "sensitive",
  },
  run_as: {
    type: text.check(
      refine(
        (value) => /^[^\s():,=]+(?::[^\s():,=]+)?$/.test(value),
        "must be a user, or user:group",
      ),
    ),
    typeText: "text",
    summary: "as whom: a user, or user:group",
    defaultText: "ALL",
  },
  nopasswd: { ...flag, summary: "without asking for their password" },
  path: {
    type: text,
    typeText: "an absolute path",
    summary: "the file, in a directory that sudoers includes",
    defaultText: "the resource's name in /etc/sudoers.d",
  },
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether there is such a file",
    defaultText: "exists",
  },
  sensitive: {
    ...flag,
    summary: "never show what changes, nor what visudo says of it",
    defaultText: SENSITIVE_DEFAULT,
  },
});

/** What a graph file says of a file of sudoers. */
export type SudoersFields = FieldsOf<typeof SUDOERS_FIELDS>;
