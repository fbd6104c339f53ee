/**
 * Parts of fields that several kinds have.
 *
 * @module
 */

import { boolean, maxLength, minLength, refine, string } from "zod/mini";

/** A text that a program or the kernel can be given. */
export const withoutNul = refine<string>(
  (value) => !value.includes("\0"),
  "must not contain a NUL character",
);

/** The kernel takes no longer argument. */
export const LONGEST_COMMAND = 128 * 1024 - 1;

/** What to do in place of a secret in a command. */
export const IN_ENVIRONMENT =
  "every user can read the arguments of a command; put it into env, as a variable that the command " +
  "itself reads, into stdin, or into a file with mode 0600";

/** A command, or a shell. */
export const commandText = string().check(
  minLength(1),
  maxLength(LONGEST_COMMAND),
  withoutNul,
);

/** Something that is so only where it is said. */
export const flag = { type: boolean(), typeText: "true or false", defaultText: "false" };
