/**
 * The fields of a hosts resource.
 *
 * @module
 */

import { array, enum as oneOf, maxLength, minLength, refine, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag, withoutNul } from "../shared/field_parts.ts";
import { WRITE_FIELDS } from "../shared/files/common_fields.ts";
import { isHostsName, NAME_MISTAKE, plainAddress } from "./address.ts";

const name = string().check(minLength(1), maxLength(255), refine(isHostsName, NAME_MISTAKE));

export const HOSTS_FIELDS = defineFields({
  ip: {
    type: string().check(
      refine((text) => plainAddress(text) !== undefined, "is no address of IPv4 or IPv6"),
    ),
    typeText: "text",
    summary: "the address; may be left out of what should be absent: the names go from every line",
  },
  names: {
    type: array(name).check(minLength(1), maxLength(100)),
    typeText: "a list of names",
    summary:
      "the names of the address, the full one first; with state absent and no names, the address goes with all of them",
    defaultText: "the resource's name",
  },
  append: {
    ...flag,
    summary: "the names are added to those that the address has; else it has these and no others",
  },
  path: {
    type: string().check(minLength(1), maxLength(4096), withoutNul),
    typeText: "an absolute path",
    summary: "another file; a symbolic link in its place is refused",
    defaultText: "/etc/hosts",
  },
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether it should be there",
    defaultText: "exists",
  },
  in_place: WRITE_FIELDS.in_place,
});

/** What a graph file says of an address and its names. */
export type HostsFields = FieldsOf<typeof HOSTS_FIELDS>;
