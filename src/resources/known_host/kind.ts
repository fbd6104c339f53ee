/**
 * The kind `known_host`: the key of a host that SSH connects to.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import type { OwnFileMemory, OwnFilePlan } from "../shared/ssh/own_file_check.ts";
import { ownFileKind } from "../shared/ssh/own_file_kind.ts";
import { editKnownHosts } from "./edit.ts";
import { KNOWN_HOST_EXAMPLES } from "./examples.ts";
import { KNOWN_HOST_FIELDS, type KnownHostFields } from "./fields.ts";
import {
  claimsOf,
  contradiction,
  identityOf,
  inGraph,
  type KnownHostParams,
  relationsOf,
  resolveKnownHost,
} from "./params.ts";

/** The key of a host. */
export default defineKind<KnownHostFields, KnownHostParams, OwnFilePlan, OwnFileMemory>({
  ...ownFileKind<KnownHostParams>({ edit: editKnownHosts, inGraph }),
  kind: "known_host",
  summary: "the public key of a host, as ssh asks for it before it connects: for all users or one",
  fields: KNOWN_HOST_FIELDS,
  otherFields: {
    host_aliases: "write host as a list",
    type: "write it in key, as it stands in the host's .pub file",
  },
  examples: KNOWN_HOST_EXAMPLES,
  resolve: resolveKnownHost,
  identity: identityOf,
  claims: claimsOf,
  relations: relationsOf,
  contradicts: (params, other) =>
    other.kind === "known_host"
      ? contradiction(params, other.params as KnownHostParams)
      : undefined,
});
