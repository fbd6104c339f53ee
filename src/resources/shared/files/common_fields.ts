/**
 * Fields of all kinds that write files.
 *
 * @module
 */

import { gte, int, lte, maxLength, refine, regex, string, union } from "zod/mini";
import { defineFields } from "../../../kind/schema.ts";
import { flag, withoutNul } from "../field_parts.ts";
import { SIZE_PATTERN } from "./size.ts";

const text = string().check(
  maxLength(4096),
  withoutNul,
);

/** How a file takes its place: who is asked before, and whether it is another one. */
export const WRITE_FIELDS = defineFields({
  validate: {
    type: text,
    typeText: "a command with %s",
    summary:
      "is run with the new file, under its own name in a directory beside, before it takes the place of the old; must exit with 0",
  },
  validate_shell: {
    type: text,
    typeText: "a program, for instance /bin/sh",
    summary: "runs validate as `SHELL -c VALIDATE`; without it that is split on blanks, as in exec",
  },
  in_place: {
    ...flag,
    summary:
      "write into the existing file (bind mounts, hard links); a crash may leave it half done",
  },
});

/** What `sensitive` is where nothing is said. */
export const SENSITIVE_DEFAULT =
  "by the mode: of a file that not everybody may read only sizes and hashes are shown";

/** Fields of all kinds that write a part of a file, and leave the rest. */
export const PART_FIELDS = defineFields({
  create: { ...flag, summary: "make the file if it is not there" },
  ...WRITE_FIELDS,
  sensitive: {
    ...flag,
    summary: "never show what changes; a file that is made gets mode 0600",
    defaultText: SENSITIVE_DEFAULT,
  },
});

// Where nobody knows how a number was written, it may be the wrong mode.
const mode = string({
  error: ({ input }) =>
    typeof input === "number"
      ? `must be text in octal, as chmod takes it, for instance "0644"; not the number ${input}`
      : undefined,
}).check(
  maxLength(256),
  withoutNul,
);
// A bare 0 must not pass for "unset".
const account = {
  type: string().check(
    refine((value) => value !== "", "must not be empty"),
    refine((value) => value.length <= 256, "is longer than 256 characters"),
  ),
  typeText: "text or a number",
  programText: "text",
  emptyCounts: true,
  asWritten: true,
};

/** Whose an entry is, and who may do what with it. */
export const OWNERSHIP_FIELDS = defineFields({
  owner: {
    ...account,
    summary: "user name, or number: digits, quoted or not, are the number",
    defaultText: "as it is; new: the agent's",
  },
  group: {
    ...account,
    summary: "group name, or number, as for owner",
    defaultText: "as it is; new: the agent's",
  },
  mode: {
    type: mode,
    typeText: "0644 or 644, quoted or not, or u=rw,go=r",
    programText: '"0644", "644" or "u=rw,go=r"',
    summary:
      "permissions, octal in any case; in a tree, directories can be searched by whoever may read them",
    defaultText: "as it is; new: files 0644 (sensitive ones 0600), directories 0755",
    emptyCounts: true,
    asWritten: true,
  },
});

/** How much at most. */
export const SIZE_FIELD = {
  type: union([
    string().check(regex(SIZE_PATTERN, "must be a size such as 512M or 2G")),
    int().check(gte(1), lte(Number.MAX_SAFE_INTEGER)),
  ]),
  typeText: "512M, 2G or a number of bytes",
};
