/**
 * The fields of an archive.
 *
 * @module
 */

import { gte, int, lte, maxLength, minLength, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag, withoutNul } from "../shared/field_parts.ts";
import { OWNERSHIP_FIELDS, SIZE_FIELD } from "../shared/files/common_fields.ts";

export const DEFAULTS = { maxEntries: 100_000 };

const text = string().check(minLength(1), maxLength(4096), withoutNul);

export const ARCHIVE_FIELDS = defineFields({
  path: {
    type: text,
    typeText: "an absolute path",
    summary: "the directory that it is unpacked to",
    defaultText: "the name, if that is absolute",
  },
  source: {
    type: text,
    typeText: "a path, relative to the graph file",
    summary:
      "the archive: tar (plain, gz, xz, zst), zip, or one file (gz, xz, zst); which, its content tells",
    required: true,
  },
  strip: {
    type: int().check(gte(0), lte(100)),
    typeText: "a whole number",
    summary: "so many directories at the beginning of each name are left out",
    defaultText: "0",
  },
  links: {
    ...flag,
    summary:
      "take symbolic links that stay inside, and hard links, which become copies; otherwise an archive with links is refused",
  },
  set_id: {
    ...flag,
    summary: "keep set-user-id and set-group-id bits, which are left out otherwise",
  },
  owner: OWNERSHIP_FIELDS.owner,
  group: OWNERSHIP_FIELDS.group,
  max_size: {
    ...SIZE_FIELD,
    summary: "how much may come out of it; with more nothing is unpacked",
    defaultText: "1G",
  },
  max_entries: {
    type: int().check(gte(1), lte(200_000)),
    typeText: "a whole number from 1",
    summary: "how many entries it may have; with more nothing is unpacked",
    defaultText: `${DEFAULTS.maxEntries}`,
  },
});

/** What a graph file says of one archive. */
export type ArchiveFields = FieldsOf<typeof ARCHIVE_FIELDS>;
