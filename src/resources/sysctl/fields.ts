/**
 * The fields of a setting of the kernel.
 *
 * @module
 */

import { boolean, int, maxLength, minLength, refine, string, union } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";

/** Where settings are written down. */
export const DIRECTORY = "/etc/sysctl.d";

export const SYSCTL_FIELDS = defineFields({
  key: {
    type: string().check(minLength(1), maxLength(200)),
    typeText: "text",
    summary: "what is set, for instance net.ipv4.ip_forward",
    defaultText: "the name of the resource",
  },
  value: {
    type: union([
      string().check(
        refine((text) => !/[\n\r\0]/.test(text.trim()), "must be a single line"),
        maxLength(4000),
      ),
      int(),
    ]),
    typeText: "text or a whole number",
    summary:
      "its value; how many blanks are between its parts does not matter, nor their order where the kernel has none",
    required: true,
  },
  persist: {
    type: boolean(),
    typeText: "true or false",
    summary:
      `write it down too, in a file of its own in ${DIRECTORY} that has the last word; where another still has it, that is a failure`,
    defaultText: "true",
  },
});

/** What a graph file says of a setting of the kernel. */
export type SysctlFields = FieldsOf<typeof SYSCTL_FIELDS>;
