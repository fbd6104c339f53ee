/**
 * The fields of an authorized_key resource.
 *
 * @module
 */

import { array, enum as oneOf, maxLength, minLength, refine, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag, withoutNul } from "../shared/field_parts.ts";
import { SENSITIVE_DEFAULT } from "../shared/files/common_fields.ts";
import { LONGEST_KEY_LINE } from "../shared/ssh/public_key.ts";

const oneLine = refine<string>((value) => !/[\r\n]/.test(value), "must be a single line");
const text = string().check(minLength(1), maxLength(LONGEST_KEY_LINE), withoutNul);

export const AUTHORIZED_KEY_FIELDS = defineFields({
  key: {
    type: text,
    typeText: "text",
    summary:
      "the public key as it stands in its .pub file: the type, the key, and maybe a comment; options may stand before it",
    required: true,
    secret: { instead: "a public key is no secret" },
  },
  user: {
    type: text.check(maxLength(32)),
    typeText: "text",
    summary: "whose key it is: the file is .ssh/authorized_keys in the home of this user",
  },
  path: {
    type: text.check(maxLength(4096)),
    typeText: "an absolute path",
    summary: "another file; it is made, its directory is not",
    defaultText: ".ssh/authorized_keys in the home of user",
  },
  options: {
    type: array(text.check(oneLine)),
    typeText: "a list of texts",
    summary:
      'what the key may do, each as sshd knows it: restrict, pty, from="10.0.0.0/8", command="/usr/bin/backup", …',
    defaultText: "those in key, else none",
    secret: "sensitive",
  },
  comment: {
    type: text.check(oneLine),
    typeText: "text",
    summary: "what stands behind the key",
    defaultText: "that in key, else as it is",
    secret: "sensitive",
  },
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether the key lets in",
    defaultText: "exists",
  },
  purge: {
    ...flag,
    summary: "what lets in by this file and is of no resource of the graph goes",
  },
  sensitive: {
    ...flag,
    summary: "never show what changes",
    defaultText: SENSITIVE_DEFAULT,
  },
});

/** What a graph file says of a key. */
export type AuthorizedKeyFields = FieldsOf<typeof AUTHORIZED_KEY_FIELDS>;
