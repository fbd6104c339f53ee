/**
 * The fields of a line resource.
 *
 * @module
 */

import {
  array,
  boolean,
  enum as oneOf,
  maxLength,
  minLength,
  refine,
  string,
  union,
} from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { withoutNul } from "../shared/field_parts.ts";
import { PART_FIELDS } from "../shared/files/common_fields.ts";

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
      "a regular expression (RE2) for lines: one that fits becomes the line, all others that fit go; if it has groups, \\1 to \\9 in line stand for what they fit, and then a line is changed, never added",
  },
  unless: {
    ...pattern,
    summary: "lines that fit this, too, are right as they are, whatever match says",
  },
  which: {
    type: oneOf(["one", "first", "last", "all"]),
    typeText: "one | first | last | all",
    summary:
      "which of the lines that fit match become the line; with one the others go, else they stay",
    defaultText: "one; all, where groups of match are put into line",
  },
  setting: {
    type: boolean(),
    typeText: "true or false",
    summary:
      "in place of match: the first word of line is the name of a setting; the line that sets it becomes the line, or else the comment that has it ready (#Port 22); all others that set it go, and prose stays",
    defaultText: "false",
  },
  section: {
    type: union([
      text.check(oneLine),
      array(text.check(oneLine)).check(minLength(1), maxLength(10)),
    ]),
    typeText: "text or a list",
    summary:
      "look and write only there: [name] of an ini file, Match … or Host … of ssh, server { or a list of such that stand in each other, or TOP: before the first [name], Match or Host",
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
  comment: {
    type: text.check(maxLength(64), oneLine),
    typeText: "text",
    summary: 'how the comments around a block begin, or begin and end: "/* */"',
    defaultText: '"#"',
  },
  ...PART_FIELDS,
});

/** What a graph file says of a line or a block in a file. */
export type LineFields = FieldsOf<typeof LINE_FIELDS>;
