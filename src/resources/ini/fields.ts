/**
 * The fields of an ini resource.
 *
 * @module
 */

import {
  array,
  boolean,
  enum as oneOf,
  maxLength,
  minLength,
  number,
  refine,
  string,
  union,
} from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag, withoutNul } from "../shared/field_parts.ts";
import { PART_FIELDS } from "../shared/files/common_fields.ts";

const oneLine = refine<string>((value) => !/[\r\n]/.test(value), "must be a single line");
const text = string().check(maxLength(4096), withoutNul, oneLine);
const word = text.check(minLength(1));
const value = union([text, number(), boolean()]);

export const INI_FIELDS = defineFields({
  path: {
    type: string().check(minLength(1), maxLength(4096), withoutNul),
    typeText: "an absolute path",
    summary: "the file; a symbolic link in its place is refused",
    required: true,
  },
  section: {
    type: word,
    typeText: "text",
    summary: "the section, without its brackets; made at the end where it is not there",
    defaultText: "what stands before the first section",
  },
  key: {
    type: word,
    typeText: "text",
    summary: "the name of the value; with state absent and no key the whole section goes",
  },
  value: {
    type: union([value, array(value).check(maxLength(1000))]),
    typeText: "text, a number, true or false, or a list of such",
    summary:
      "what the key is set to, once; of a list, the key stands there once for each; without a value, the key stands alone",
    secret: "sensitive",
    emptyCounts: true,
  },
  separator: {
    type: string().check(
      refine(
        (sign) => /^[ \t]*[=:]?[ \t]*$/.test(sign) && sign !== "",
        "must be blanks, = or :, or these with blanks around",
      ),
    ),
    typeText: "text",
    summary: "what stands between key and value in a line that is added",
    defaultText: 'as in the other lines of the file, else " = "',
  },
  inline_comments: {
    ...flag,
    summary:
      "whether what begins with a blank and # or ; behind a value is a comment, which stays; else it is part of the value",
  },
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether it should be there",
    defaultText: "exists",
  },
  ...PART_FIELDS,
});

/** What a graph file says of a value in an ini file. */
export type IniFields = FieldsOf<typeof INI_FIELDS>;
