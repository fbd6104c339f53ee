/**
 * The fields of a package.
 *
 * @module
 */

import { maxLength, minLength, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag } from "../shared/field_parts.ts";

export const PKG_FIELDS = defineFields({
  state: {
    type: string().check(minLength(1), maxLength(200)),
    typeText: "installed | uninstalled | newest | a version",
    asWritten: true,
    summary: "whether, and in which version, the package is there",
    defaultText: "installed",
  },
  allowuntrusted: {
    ...flag,
    summary: "also from a source that nobody the host trusts has signed",
  },
  allownonfree: {
    ...flag,
    summary: "also if it is not free software, where the package manager can tell",
  },
  allowunsupported: {
    ...flag,
    summary:
      "also if it is none of the distribution's own, where the package manager can tell; packages of your own need it",
  },
});

/** What a graph file says of a package. */
export type PkgFields = FieldsOf<typeof PKG_FIELDS>;
