/**
 * The fields of a user resource.
 *
 * @module
 */

import {
  array,
  boolean,
  enum as oneOf,
  gte,
  int,
  literal,
  lte,
  maxLength,
  minLength,
  refine,
  string,
  union,
} from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag } from "../shared/field_parts.ts";
import { accountNumber } from "../shared/accounts/number.ts";

// They stand between colons, in a line of a file.
const part = string().check(
  maxLength(1024),
  refine((value) => !/[:\n\r\0]/.test(value), "must not contain a colon or a line end"),
);
const path = {
  type: part.check(
    refine((value) => value.startsWith("/"), "must be an absolute path"),
  ),
  typeText: "an absolute path",
};
const days = int().check(gte(0), lte(1_000_000));
const someDays = { type: days, typeText: "a number of days", defaultText: "as it is" };
const daysOrNever = {
  type: union([days, literal("never")]),
  typeText: "a number of days, or never",
  defaultText: "as it is",
};
const asIs = "as it is; new: the host's default";

export const USER_FIELDS = defineFields({
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether there is such a user; root and the agent's own user cannot be absent",
    defaultText: "exists",
  },
  uid: { ...accountNumber, summary: "the user's number", defaultText: asIs },
  gid: { ...accountNumber, summary: "the primary group, by its number" },
  group: {
    type: part.check(minLength(1)),
    typeText: "text",
    summary: "the primary group, by its name",
    defaultText: "as it is; new: the group of the user's name",
  },
  groups: {
    type: array(part.check(minLength(1))),
    typeText: "a list of names",
    summary: "all further groups that the user is in",
    defaultText: "as they are",
  },
  append: { ...flag, summary: "groups are added to those that the user is in" },
  home: { ...path, summary: "the home directory", defaultText: asIs },
  homedir: { ...path, summary: "another word for home" },
  shell: { ...path, summary: "the login shell", defaultText: asIs },
  comment: { type: part, typeText: "text", summary: "most often the real name" },
  system: { ...flag, summary: "a new user is one of the system, with a low number" },
  manage_home: {
    ...flag,
    summary: "make the home directory if it is not there, and move it when home changes",
  },
  remove_home: {
    ...flag,
    summary: "with state absent: remove the home directory and the mail too",
  },
  password_hash: {
    type: string().check(
      maxLength(512),
      refine(
        (value) => /^(\$[^:\s]+|[*!]|[./0-9A-Za-z]{13})$/.test(value),
        "is no hash of a password; openssl passwd -6 makes one",
      ),
    ),
    typeText: "text",
    summary: "the password as it stands in /etc/shadow, never shown; * for none",
    defaultText: "as it is; new: none",
    secret: "sensitive",
  },
  locked: {
    type: boolean(),
    typeText: "true or false",
    summary: "whether the password is locked; a key for SSH still lets the user in",
    defaultText: "as it is",
  },
  expires: {
    type: string().check(maxLength(10)),
    typeText: "a date, or never",
    summary: "the day from which on the account lets nobody in, keys for SSH included: 2027-01-31",
    defaultText: "as it is; new: the host's default",
  },
  password_max_days: {
    ...daysOrNever,
    summary: "how old a password may be before it must be changed",
  },
  password_min_days: { ...someDays, summary: "how old it must be before it can be changed" },
  password_warn_days: { ...someDays, summary: "how long before its end the user is warned" },
  password_inactive_days: {
    ...daysOrNever,
    summary: "how long after its end it still can be changed; then the account is closed",
  },
});

/** What a graph file says of a user. */
export type UserFields = FieldsOf<typeof USER_FIELDS>;
