/**
 * The kind `download`: a file that is fetched over https and has a known sum.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { ATTRIBUTES, type Claim } from "../../kind/claim.ts";
import { defineKind, drift } from "../../kind/kind.ts";
import { KnownSums } from "../shared/files/known_sums.ts";
import { ATTRIBUTE_FIELDS, PATH_UNDO, pathBefore } from "../shared/undo/paths.ts";
import { applyDownload, refuseDownload } from "./apply.ts";
import { type DownloadChange, type DownloadMemory, findDownloadChange } from "./check.ts";
import { DOWNLOAD_EXAMPLES } from "./examples.ts";
import { DOWNLOAD_FIELDS, type DownloadFields } from "./fields.ts";
import { type DownloadParams, relationsOf, resolveDownload } from "./params.ts";

/** A file from elsewhere. */
export default defineKind<DownloadFields, DownloadParams, DownloadChange, DownloadMemory>({
  kind: "download",
  summary: "a file that is fetched over https, known by its checksum",
  fields: DOWNLOAD_FIELDS,
  otherFields: {
    dest: "write path",
    source: "write url",
    sha256: "write checksum: sha256:…",
    validate_certs: "leave it out, and name the authority's certificate with ca",
  },
  examples: DOWNLOAD_EXAMPLES,
  resolve: resolveDownload,
  identity: ({ path }) => path,
  remains: ({ path }) => ({ at: "path", paths: [path] }),
  claims: ({ path }): readonly Claim[] => [
    { path, says: "all", type: "file", attributes: ATTRIBUTES },
  ],
  relations: relationsOf,
  controls: ({ path }) => [{ subject: path, part: false }],
  memory: () => ({ sums: new KnownSums() }),
  check: (params, context) =>
    chain(findDownloadChange(params, context), (found) => {
      if (!found.ok) return found.failure;
      return found.value && drift(found.value.reason, found.value);
    }),
  refuses: refuseDownload,
  apply: applyDownload,
  undo: {
    touches: async ({ seen, fetches }, { path }, context) => {
      const fields = fetches ? undefined : ATTRIBUTE_FIELDS;
      const before = await pathBefore(path, seen, context, fields);
      return before.ok ? { ok: true, value: [before.value] } : before;
    },
    ...PATH_UNDO,
  },
  watch: ({ path }, { host, changed }) => host.watcher.watch({ path, tree: false, changed }),
  heals: true,
  changesHost: false,
  preview: "full",
});
