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

const name = {
  type: string().check(minLength(1), maxLength(64), refine(isHostname, MISTAKE)),
  typeText: "text",
};

export const HOSTNAME_FIELDS = defineFields({
  hostname: {
    ...name,
    summary: "the static and the transient name, where these fields do not say another",
    defaultText: "the name of the resource, if none of these fields is given",
  },
  static_hostname: { ...name, summary: "the name in /etc/hostname, which the host starts with" },
  transient_hostname: { ...name, summary: "the name that the kernel goes by" },
  pretty_hostname: {
    type: string().check(
      minLength(1),
      maxLength(255),
      refine((text) => !/\p{Cc}/u.test(text), "must not contain a line end or a control character"),
    ),
    typeText: "text",
    summary: "the name for people, in /etc/machine-info, whose other lines stay",
  },
});

/** What a graph file says of the name of the host. */
export type HostnameFields = FieldsOf<typeof HOSTNAME_FIELDS>;
