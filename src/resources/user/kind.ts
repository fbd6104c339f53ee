/**
 * The kind `user`: users of the host, in its own files.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { defineKind, drift } from "../../kind/kind.ts";
import {
  decidedByUser,
  type GroupMembership,
  membershipContradiction,
} from "../shared/accounts/contradiction.ts";
import { watchAccounts } from "../shared/accounts/databases.ts";
import { inTurn } from "../shared/accounts/tools.ts";
import { changeUser } from "./apply.ts";
import { findUserChange, type UserChange } from "./check.ts";
import { USER_EXAMPLES } from "./examples.ts";
import { USER_FIELDS } from "./fields.ts";
import type { UserFields } from "./fields.ts";
import { claimsOf, relationsOf, resolveUser } from "./params.ts";
import type { UserParams } from "./params.ts";
import { userRefusal } from "./refusal.ts";
import { USER_UNDO } from "./undo.ts";

/** A user of the host. */
export default defineKind<UserFields, UserParams, UserChange, undefined>({
  kind: "user",
  summary: "a user of the host, in /etc/passwd and what belongs to it",
  fields: USER_FIELDS,
  otherFields: { allowduplicateuid: "leave it out: a number is one user's" },
  examples: USER_EXAMPLES,
  resolve: resolveUser,
  identity: ({ name }) => name,
  remains: ({ name, absent }) => absent ? undefined : { at: "user", name },
  claims: claimsOf,
  relations: relationsOf,
  controls: decidedByUser,
  contradicts: (params, other) =>
    other.kind === "group"
      ? membershipContradiction(params, other.params as GroupMembership)
      : undefined,
  irrevocable: ({ absent }) => absent,
  memory: () => undefined,
  check: (params, context) =>
    chain(findUserChange(params, context), (found) => {
      if (!found.ok) return found.failure;
      return found.value && drift(found.value.reason, found.value);
    }),
  refuses: userRefusal,
  apply: (_plan, params, context) =>
    inTurn(`change the user ${params.name}`, context, async () => {
      // Another resource may have had its turn since the check.
      const found = await findUserChange(params, context);
      if (!found.ok) return found.failure;
      return found.value && await changeUser(params.name, found.value, context);
    }),
  undo: USER_UNDO,
  // Where nobody says where the home is, it is most likely there.
  watch: ({ name, home = `/home/${name}`, manageHome }, context) =>
    watchAccounts(context, manageHome ? [home] : []),
  heals: true,
  changesHost: true,
  preview: "full",
});
