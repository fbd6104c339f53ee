/**
 * The fields of a download.
 *
 * @module
 */

import { gte, lte, maxLength, minLength, number, record, refine, regex, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { withoutNul } from "../shared/field_parts.ts";
import { OWNERSHIP_FIELDS, SIZE_FIELD } from "../shared/files/common_fields.ts";

export const DEFAULTS = { timeout: 60, maxSize: "1G" };

const text = string().check(minLength(1), maxLength(4096), withoutNul);
const headerName = string().check(
  regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "is no name of a header"),
  refine(
    (name) => !/^(range|host|accept-encoding|content-length|connection|if-range)$/i.test(name),
    "is a header that mgmt sets itself",
  ),
);
const headerValue = string().check(
  maxLength(8192),
  refine((value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value), "must be one line"),
);

export const DOWNLOAD_FIELDS = defineFields({
  path: {
    type: text,
    typeText: "an absolute path",
    summary: "the file that is made of it",
    defaultText: "the name, if that is absolute",
  },
  url: {
    type: text,
    typeText: "a URL that begins with https://",
    summary:
      "where it comes from; fetched only where the file is missing or another, through the proxy that the agent's environment names",
    required: true,
    secret: { instead: "URLs are shown; put what lets in into headers" },
  },
  checksum: {
    type: string().check(
      regex(
        /^(?:sha256:)?[0-9A-Fa-f]{64}$/,
        "must be a SHA-256: 64 hexadecimal digits, with sha256: before them or not, and no file name",
      ),
    ),
    typeText: "sha256: and 64 hexadecimal digits",
    summary: "what the file has to be; another file is never put in its place",
    required: true,
  },
  headers: {
    type: record(headerName, headerValue),
    typeText: "a map of texts",
    summary:
      "sent to the host of url, and to no other that it leads to; Authorization, for instance; never shown",
    secret: "given",
  },
  ca: {
    type: text,
    typeText: "a path, relative to the graph file",
    summary: "certificates (PEM) of authorities that are believed beside those of the machine",
  },
  timeout: {
    type: number().check(gte(0.1), lte(86_400)),
    typeText: "seconds, at least 0.1",
    summary: "if nothing comes for so long it has failed; the next try goes on where it ended",
    defaultText: `${DEFAULTS.timeout}`,
  },
  max_size: { ...SIZE_FIELD, summary: "what is larger is not fetched", defaultText: "1G" },
  ...OWNERSHIP_FIELDS,
  mode: {
    ...OWNERSHIP_FIELDS.mode,
    summary: "permissions, octal in any case",
    defaultText: "as it is; new: 0644",
  },
});

/** What a graph file says of one download. */
export type DownloadFields = FieldsOf<typeof DOWNLOAD_FIELDS>;
