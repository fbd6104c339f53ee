/**
 * The kind `user`: users of the host, in its own files.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { ATTRIBUTES, type Claim, type WordClaim } from "../../kind/claim.ts";
import { defineKind, drift } from "../../kind/kind.ts";
import type { Needed, Relations } from "../../kind/relations.ts";
import {
  decidedByUser,
  type GroupMembership,
  membershipContradiction,
} from "../shared/accounts/contradiction.ts";
import { DATABASE_CLAIMS, watchAccounts } from "../shared/accounts/databases.ts";
import { inTurn } from "../shared/accounts/tools.ts";
import { changeUser } from "./apply.ts";
import { userRefusal } from "./refusal.ts";
import { USER_EXAMPLES } from "./examples.ts";
import { USER_FIELDS } from "./fields.ts";
import type { UserFields } from "./fields.ts";
import { findUserChange, type UserChange } from "./check.ts";
import { resolveUser } from "./params.ts";
import type { UserParams } from "./params.ts";

/** A user of the host. */
export default defineKind<UserFields, UserParams, UserChange, undefined>({
  kind: "user",
  summary: "a user of the host, in /etc/passwd and what belongs to it",
  fields: USER_FIELDS,
  examples: USER_EXAMPLES,
  resolve: resolveUser,
  identity: ({ name }) => name,
  claims,
  relations: tiesOf,
  controls: decidedByUser,
  contradicts: (params, other) =>
    other.kind === "group"
      ? membershipContradiction(params, other.params as GroupMembership)
      : undefined,
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
  // Where nobody says where the home is, it is most likely there.
  watch: ({ name, home = `/home/${name}`, manageHome }, context) =>
    watchAccounts(context, manageHome ? [home] : []),
  heals: true,
  changesHost: true,
  preview: "full",
});

/** Its name, a part of the databases, and its home with all that the user keeps there. */
function claims(params: UserParams): readonly (Claim | WordClaim)[] {
  const { name, absent, manageHome } = params;
  if (absent) return DATABASE_CLAIMS;
  const home: Claim = {
    path: params.home ?? `/home/${name}`,
    says: "presence",
    type: "directory",
    attributes: ATTRIBUTES,
    below: "all",
  };
  return [`user:${name}`, ...DATABASE_CLAIMS, ...(manageHome ? [home] : [])];
}

/** It comes after its groups, the directory that its home is in, and what its shell comes from. */
function tiesOf(params: UserParams): Relations {
  const { name, uid, absent, group, groups, home, shell, manageHome } = params;
  const needs: Needed[] = [
    ...new Set([name, ...(group === undefined ? [] : [group]), ...groups ?? []]),
  ]
    .map((each) => `group:${each}` as const);
  if (manageHome && home !== undefined) needs.push(`within:${home}`);
  if (shell !== undefined) needs.push(`package-of:${shell}`);
  const numbers = uid === undefined ? [] : [`user:${uid}` as const];
  return { provides: [`user:${name}`, ...numbers], needs, removes: absent };
}
