/**
 * The fields of a hostname resource.
 *
 * @module
 */

import { maxLength, minLength, refine, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";

const LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/;
/** What is wrong with a text that is none. */
export const MISTAKE = "has labels that are not made of letters, digits and hyphens inside";

/** Whether a host may have this name, as far as its letters go. */
export function isHostname(text: string): boolean {
  return text.split(".").every((label) => LABEL.test(label) && label.length <= 63);
}

export const HOSTNAME_FIELDS = defineFields({
  hostname: {
    type: string().check(minLength(1), maxLength(64), refine(isHostname, MISTAKE)),
    typeText: "text",
    summary: "the name",
    defaultText: "the name of the resource",
  },
});

/** What a graph file says of the name of the host. */
export type HostnameFields = FieldsOf<typeof HOSTNAME_FIELDS>;
