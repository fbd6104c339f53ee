/**
 * The fields of a line resource.
 *
 * @module
 */

import { enum as oneOf, maxLength, minLength, refine, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag, withoutNul } from "../shared/field_parts.ts";
import { SENSITIVE_DEFAULT, WRITE_FIELDS } from "../shared/files/common_fields.ts";

const oneLine = refine<string>((value) => !/[\r\n]/.test(value), "must be a single line");
const text = string().check(minLength(1), maxLength(4096), withoutNul);
const pattern = {
  type: string().check(minLength(1), maxLength(1024), withoutNul, oneLine),
  typeText: "a pattern",
};
const place = { ...pattern, typeText: "a pattern, EOF or BOF" };

export const LINE_FIELDS = defineFields({
  path: {
    type: text,
    typeText: "an absolute path",
    summary: "the file; a symbolic link in its place is refused",
    required: true,
  },
  line: {
    type: text.check(oneLine),
    typeText: "text",
    summary:
      "the line, with the end that most lines of the file have; with state absent, all that say exactly this go",
    secret: "sensitive",
  },
  block: {
    type: string().check(minLength(1), maxLength(256 * 1024), withoutNul),
    typeText: "text",
    summary: "instead of line: several lines, between two lines of comment that name the resource",
    secret: "sensitive",
  },
  match: {
    ...pattern,
    summary:
      "a regular expression (RE2) for lines: one that fits becomes the line, all others that fit go; what its groups fit is not put into line",
  },
  after: {
    ...place,
    summary: "a new line or block goes after the last line that fits, or to the end (EOF)",
    defaultText: "EOF",
  },
  before: {
    ...place,
    summary: "instead of after: before the first line that fits, or to the beginning (BOF)",
  },
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether it should be there",
    defaultText: "exists",
  },
  create: { ...flag, summary: "make the file if it is not there" },
  comment: {
    type: text.check(maxLength(64), oneLine),
    typeText: "text",
    summary: 'how the comments around a block begin, or begin and end: "/* */"',
    defaultText: '"#"',
  },
  ...WRITE_FIELDS,
  sensitive: {
    ...flag,
    summary: "never show what changes; a file that is made gets mode 0600",
    defaultText: SENSITIVE_DEFAULT,
  },
});

/** What a graph file says of a line or a block in a file. */
export type LineFields = FieldsOf<typeof LINE_FIELDS>;
