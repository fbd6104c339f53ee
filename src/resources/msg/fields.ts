/**
 * The fields of a message.
 *
 * @module
 */

import { enum as oneOf, maxLength, minLength, record, refine, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { withoutNul } from "../shared/field_parts.ts";

/** From the most urgent. */
export const PRIORITIES = [
  "emerg",
  "alert",
  "crit",
  "err",
  "warning",
  "notice",
  "info",
  "debug",
] as const;

/** What the journal takes in one piece. */
export const LONGEST = 64 * 1024;
/** Fields that are set otherwise. */
const OWN_FIELDS = ["MESSAGE", "PRIORITY"];

const text = string().check(
  maxLength(LONGEST),
  withoutNul,
);
const body = text.check(minLength(1));
const fieldName = string().check(
  refine(
    (name) => /^[A-Z][A-Z0-9_]{0,63}$/.test(name),
    "is no name of a field: capital letters, digits and _, a letter first, 64 at most",
  ),
  refine((name) => !OWN_FIELDS.includes(name), "is set by body and priority"),
);

export const MSG_FIELDS = defineFields({
  body: { type: body, typeText: "text", summary: "what is written", defaultText: "the name" },
  priority: {
    type: oneOf(PRIORITIES),
    typeText: PRIORITIES.join(" | "),
    summary: "how urgent it is",
    defaultText: "info",
  },
  fields: {
    type: record(fieldName, text),
    typeText: "a map of texts",
    summary: "further fields of the entry, for instance MESSAGE_ID; only the journal has them",
  },
});

/** What a graph file says of a message. */
export type MsgFields = FieldsOf<typeof MSG_FIELDS>;
