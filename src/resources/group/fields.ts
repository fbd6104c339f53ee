/**
 * The fields of a group resource.
 *
 * @module
 */

import { array, enum as oneOf, minLength, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag } from "../shared/field_parts.ts";
import { accountNumber } from "../shared/accounts/number.ts";

export const GROUP_FIELDS = defineFields({
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether there is such a group; the group of root cannot be absent",
    defaultText: "exists",
  },
  gid: {
    ...accountNumber,
    summary: "the group's number",
    defaultText: "as it is; new: the next that is free",
  },
  members: {
    type: array(string().check(minLength(1))),
    typeText: "a list of names",
    summary: "all users that the group lists",
    defaultText: "as they are",
  },
  append: { ...flag, summary: "members are added to those that the group lists" },
  system: { ...flag, summary: "a new group is one of the system, with a low number" },
});

/** What a graph file says of a group. */
export type GroupFields = FieldsOf<typeof GROUP_FIELDS>;
