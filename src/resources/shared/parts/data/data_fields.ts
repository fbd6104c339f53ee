/**
 * The fields of the kinds that set one value in a file of data.
 *
 * @module
 */

import {
  array,
  enum as oneOf,
  int,
  json,
  lte,
  maxLength,
  minLength,
  nonnegative,
  string,
  union,
} from "zod/mini";
import { defineFields, type FieldsOf } from "../../../../kind/schema.ts";
import { withoutNul } from "../../field_parts.ts";
import { PART_FIELDS } from "../../files/common_fields.ts";

const text = string().check(minLength(1), maxLength(4096), withoutNul);
const anyValue = { type: json(), typeText: "any value", secret: "sensitive" as const };

/** What all of them have. */
export const DATA_FIELDS = defineFields({
  path: {
    type: text,
    typeText: "an absolute path",
    summary: "the file; a symbolic link in its place is refused",
    required: true,
  },
  at: {
    type: union([
      text,
      array(union([text, int().check(nonnegative(), lte(1_000_000))]))
        .check(minLength(1), maxLength(100)),
    ]),
    typeText: "text or a list",
    summary:
      "where the value stands: keys, and indexes of lists from 0, with dots between them (a.b.0), or as a list, for keys that have dots",
    required: true,
  },
  value: {
    ...anyValue,
    summary:
      "what stands there: text, a number, true, false, a list or a map, which is then all of it",
  },
  item: {
    ...anyValue,
    summary: "in place of value: what the list there has among others, added at its end",
  },
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether it should be there; what is around it stays, also where it is empty then",
    defaultText: "exists",
  },
  ...PART_FIELDS,
});

/** What a graph file says of one value in a file. */
export type DataFields = FieldsOf<typeof DATA_FIELDS>;
