/**
 * Fields of all kinds that write files.
 *
 * @module
 */

import { maxLength, string } from "zod/mini";
import { defineFields } from "../../../kind/schema.ts";
import { flag, withoutNul } from "../field_parts.ts";

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
