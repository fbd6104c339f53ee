/**
 * The kind `authorized_key`: one key that lets a user in by SSH.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import type { OwnFileMemory, OwnFilePlan } from "../shared/ssh/own_file_check.ts";
import { ownFileKind } from "../shared/ssh/own_file_kind.ts";
import { editKeys } from "./edit.ts";
import { AUTHORIZED_KEY_EXAMPLES } from "./examples.ts";
import { AUTHORIZED_KEY_FIELDS, type AuthorizedKeyFields } from "./fields.ts";
import {
  type AuthorizedKeyParams,
  claimsOf,
  inGraph,
  relationsOf,
  resolveAuthorizedKey,
} from "./params.ts";

/** A key that lets a user in. */
export default defineKind<AuthorizedKeyFields, AuthorizedKeyParams, OwnFilePlan, OwnFileMemory>({
  ...ownFileKind<AuthorizedKeyParams>({ edit: editKeys, inGraph }),
  kind: "authorized_key",
  summary: "a public key that lets a user in by SSH, in .ssh/authorized_keys or another file",
  fields: AUTHORIZED_KEY_FIELDS,
  otherFields: {
    exclusive: "write purge",
    target: "write path",
    type: "write it in key, as it stands in the .pub file",
  },
  examples: AUTHORIZED_KEY_EXAMPLES,
  resolve: resolveAuthorizedKey,
  identity: ({ path, blob }) => `${path}: ${blob}`,
  claims: claimsOf,
  relations: relationsOf,
  changesHost: true,
});
